/** A long list of rows of one height: only those that are seen, and some around them, are drawn. */

import type { ComponentChildren, RefObject } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** Rows drawn above and below what is seen, so that a quick scroll shows no gaps. */
const AROUND = 12;

export interface VirtualListProps<T> {
  readonly items: readonly T[];
  /** Of each row, in CSS pixels. */
  readonly rowHeight: number;
  readonly render: (item: T, at: number) => ComponentChildren;
  readonly keyOf: (item: T, at: number) => string | number;
  readonly label: string;
  /** The row that must be seen, e.g. the chosen one. */
  readonly shownAt?: number;
  /** Keeps to the end while items are added, as long as the reader is there. */
  readonly followEnd?: boolean;
  /** The list's own height as a class; without one the list grows and the page scrolls. */
  readonly class?: string;
}

export function VirtualList<T>(props: VirtualListProps<T>) {
  const { items, rowHeight, render, keyOf, shownAt, followEnd = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const span = useSeen(box, items.length, rowHeight);
  useEffect(() => {
    if (shownAt !== undefined) show(box.current, shownAt, rowHeight);
  }, [shownAt]);
  const atEnd = useRef<"yes" | "no">("yes");
  useEffect(() => {
    const element = box.current;
    if (element !== null && followEnd && atEnd.current === "yes") {
      element.scrollTop = element.scrollHeight;
    }
  }, [items.length]);
  const from = span.value?.from ?? 0;
  const shown = items.slice(from, span.value?.to ?? 0);
  return (
    <div
      ref={box}
      class={props.class ?? "virtual"}
      role="list"
      aria-label={props.label}
      tabIndex={props.class === undefined ? undefined : 0}
      onScroll={({ currentTarget: it }) => {
        const isAtEnd = it.scrollTop + it.clientHeight > it.scrollHeight - 2 * rowHeight;
        atEnd.current = isAtEnd ? "yes" : "no";
      }}
    >
      {span.value === null
        ? null
        : (
          <div class="virtual-room" style={{ height: `${items.length * rowHeight}px` }}>
            <div style={{ transform: `translateY(${from * rowHeight}px)` }}>
              {shown.map((item, at) => (
                <div
                  key={keyOf(item, from + at)}
                  role="listitem"
                  aria-posinset={from + at + 1}
                  aria-setsize={items.length}
                  style={{ height: `${rowHeight}px` }}
                >
                  {render(item, from + at)}
                </div>
              ))}
            </div>
          </div>
        )}
    </div>
  );
}

/** The rows that are seen and some around them; null until the list is in a browser. */
function useSeen(box: RefObject<HTMLDivElement | null>, count: number, rowHeight: number) {
  // The server cannot know what is seen; and its pages may carry no style attributes.
  const span = useSignal<{ from: number; to: number } | null>(null);
  // Before the picture is drawn: else it would first show a list without rows.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => {
      const { top, height } = windowOf(element);
      const from = Math.max(0, Math.floor(top / rowHeight) - AROUND);
      const to = Math.ceil((top + height) / rowHeight) + AROUND;
      const now = span.peek();
      if (from !== now?.from || to !== now.to) span.value = { from, to };
    };
    look();
    document.addEventListener("scroll", look, { capture: true, passive: true });
    globalThis.addEventListener("resize", look);
    return () => {
      document.removeEventListener("scroll", look, { capture: true });
      globalThis.removeEventListener("resize", look);
    };
  }, [count, rowHeight]);
  return span;
}

/** What of the list is seen: by its own scrolling, or by the page's. */
function windowOf(element: HTMLElement): { top: number; height: number } {
  const scrollsItself = element.scrollHeight > element.clientHeight + 1 &&
    getComputedStyle(element).overflowY !== "visible";
  if (scrollsItself) return { top: element.scrollTop, height: element.clientHeight };
  return { top: Math.max(0, -element.getBoundingClientRect().top), height: globalThis.innerHeight };
}

function show(element: HTMLElement | null, at: number, rowHeight: number): void {
  const row = element?.firstElementChild;
  if (element === null || row === null || row === undefined) return;
  const { top, height } = windowOf(element);
  const [from, to] = [at * rowHeight, (at + 1) * rowHeight];
  const by = from < top ? from - top : to > top + height ? to - top - height : 0;
  if (by === 0) return;
  if (element.scrollHeight > element.clientHeight + 1) element.scrollTop += by;
  else globalThis.scrollBy({ top: by });
}
