/** A button that opens a short list of things to do. */

import { useEffect, useRef } from "preact/hooks";
import { useFlag } from "../flag.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly kind?: "danger";
  /** Why it cannot be chosen now. */
  readonly unavailable?: string | null;
  readonly onChoose: () => void;
}

export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  const open = useFlag();
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open.value) return;
    root.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    const away = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false;
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open.value]);
  const close = () => {
    open.value = false;
    root.current?.querySelector("button")?.focus();
  };
  return (
    <div class="menu" ref={root} onKeyDown={(event) => onKey(event, root.current, close)}>
      <Button kind="quiet" icon="more" label={label} onClick={() => (open.value = !open.value)} />
      {open.value
        ? (
          <div class="menu-list" role="menu" aria-label={label}>
            {items.map((item) => (
              <button
                key={item.label}
                type="button"
                role="menuitem"
                class="menu-item"
                data-kind={item.kind}
                title={item.unavailable ?? undefined}
                aria-disabled={Boolean(item.unavailable)}
                onClick={() => {
                  if (item.unavailable) return;
                  close();
                  item.onChoose();
                }}
              >
                {item.icon === undefined ? null : <Icon name={item.icon} />}
                {item.label}
              </button>
            ))}
          </div>
        )
        : null}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

function onKey(event: KeyboardEvent, root: HTMLElement | null, close: () => void): void {
  if (event.key === "Escape") return close();
  const by = STEPS[event.key];
  if (by === undefined || root === null) return;
  event.preventDefault();
  const items = [...root.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = items.findIndex((it) => it === document.activeElement);
  items[(at + by + items.length) % items.length]?.focus();
}
