/** One terminal on the page: its screen, its line, what became of it, and the keys a phone lacks. */

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { get } from "./api.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Notice } from "./parts/small.tsx";
import { TerminalFind } from "./terminal_find.tsx";
import type { Found } from "./terminal_found.ts";
import { LEAVE_KEYS, SCREEN_KEYS, withControl } from "./terminal_keys.ts";
import type { Heard } from "./terminal_rows.ts";
import type { OpenScreen } from "./terminal_screen.ts";
import { type LineState, TerminalLine } from "./terminal_socket.ts";
import type { TerminalList, TerminalRow } from "./terminal_types.ts";

export interface TerminalWindowProps {
  /** Of the repo's API. */
  readonly api: string;
  readonly terminal: TerminalRow;
  /** Others stay connected, and draw unseen. */
  readonly shown: boolean;
  readonly onHear: (what: Partial<Heard>) => void;
  /** Its program ended. */
  readonly onEnded: () => void;
  /** It was taken off the list. */
  readonly onRemoved: () => void;
  readonly onLeave: () => void;
  /** The person looks for something in it; only in the one that is shown. */
  readonly finding: Signal<boolean>;
  /** What is written is said to screen readers. */
  readonly reader: boolean;
  /** Opens another of the same kind. */
  readonly onAgain: () => void;
}

interface Shown {
  readonly state: LineState;
  readonly words: string | null;
}

export function TerminalWindow(props: TerminalWindowProps) {
  const { terminal, shown, finding, reader, onAgain } = props;
  const box = useRef<HTMLDivElement>(null);
  const screen = useRef<OpenScreen | null>(null);
  const now = useSignal<Shown>({ state: "connecting", words: null });
  const control = useFlag();
  const found = useSignal<Found | null>(null);
  // The screen outlives each drawing of this component.
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    return openWindow({ element, screen, now, control, found, latest });
  }, [terminal.id]);
  useEffect(() => {
    if (shown) screen.current?.focus();
  }, [shown]);
  useEffect(() => {
    screen.current?.tellReaders(reader);
    // Whoever switched it goes on where it is of use.
    if (shown) screen.current?.focus();
  }, [reader]);
  const endFinding = () => {
    finding.value = false;
    screen.current?.focus();
  };
  const { state, words } = now.value;
  const isOver = state === "ended" || state === "gone";
  return (
    <section
      class="terminal-window"
      data-state={state}
      hidden={!shown}
      aria-label={`Terminal ${terminal.title}`}
    >
      {shown && finding.value
        ? (
          <TerminalFind
            found={found.value}
            onFind={(text, where) => {
              if (text === "") found.value = null;
              screen.current?.find(text, where);
            }}
            onClose={endFinding}
          />
        )
        : null}
      <div ref={box} class="terminal-screen" />
      {words === null ? null : (
        <Notice
          tone={state === "lost" ? "failed" : state === "open" ? "waiting" : "idle"}
          title={words}
          actions={isOver ? <Button onClick={onAgain}>Open another</Button> : undefined}
        />
      )}
      {isOver ? null : (
        <ScreenKeys
          control={control}
          onKey={(text) => screen.current?.press(text)}
          onPaste={(text) => screen.current?.paste(text)}
        />
      )}
    </section>
  );
}

const ESC = "\u001b";

interface Parts {
  readonly element: HTMLElement;
  readonly screen: { current: OpenScreen | null };
  readonly now: Signal<Shown>;
  /** The next character is meant with Ctrl. */
  readonly control: Signal<boolean>;
  readonly found: Signal<Found | null>;
  readonly latest: { readonly current: TerminalWindowProps };
}

/** @returns Closes it. */
function openWindow({ element, screen, now, control, found, latest }: Parts): () => void {
  const { terminal, api } = latest.current;
  let line: TerminalLine | null = null;
  const here = new AbortController();
  const onInput = (text: string) => {
    // The screen answers what is drawn anew as well, e.g. whether it has the focus: nobody asked now.
    if (line?.isReplay !== false && text.startsWith(ESC)) return;
    latest.current.onHear({ rang: "no" });
    line?.type(control.peek() ? withControl(text) : text);
    control.value = false;
  };
  void import("./terminal_screen.ts").then(({ openScreen }) => {
    if (here.signal.aborted) return;
    const opened = openScreen({
      element,
      label: `${terminal.title}. ${LEAVE_KEYS.join(" ")} leaves the terminal.`,
      onInput,
      onRoom: (cols, rows) => line?.fit(cols, rows),
      onTitle: (title) => latest.current.onHear({ title }),
      onBell: () => line?.isReplay === false && latest.current.onHear({ rang: "yes" }),
      onFound: (it) => (found.value = it),
      onFind: () => {
        latest.current.finding.value = true;
        element.parentElement?.querySelector<HTMLElement>(".terminal-find .input")?.focus();
      },
      onLeave: () => latest.current.onLeave(),
    });
    screen.current = opened;
    opened.tellReaders(latest.current.reader);
    line = new TerminalLine({
      path: `${api}/terminal`,
      session: terminal.id,
      screen: opened,
      isListed: async () =>
        (await get<TerminalList>(`${api}/sessions`)).terminals.some(({ id }) => id === terminal.id),
      onState: (state, words) => {
        now.value = { state, words };
        hearState(state, latest.current);
      },
    });
    if (latest.current.shown) opened.focus();
  });
  return () => {
    here.abort();
    line?.close();
    screen.current?.close();
    screen.current = null;
  };
}

function hearState(state: LineState, { onHear, onEnded, onRemoved }: TerminalWindowProps): void {
  if (state === "ended" || state === "gone") onHear({ isOver: "yes", rang: "no" });
  if (state === "ended") onEnded();
  if (state === "removed") onRemoved();
}

interface ScreenKeysProps {
  readonly control: Signal<boolean>;
  readonly onKey: (text: string) => void;
  readonly onPaste: (text: string) => void;
}

/** What a keyboard on glass does not have. Pressing one leaves the focus, and so that keyboard, as it is. */
function ScreenKeys({ control, onKey, onPaste }: ScreenKeysProps) {
  const paste = async () => {
    // Missing on pages that came neither from this machine nor over TLS; refused when the person says so.
    const { clipboard } = navigator as { clipboard?: Clipboard };
    const text = await clipboard?.readText().catch(() => "");
    if (text !== undefined && text !== "") onPaste(text);
  };
  return (
    <div
      class="screen-keys"
      role="toolbar"
      aria-label="Keys"
      onPointerDown={(event) => event.preventDefault()}
    >
      {SCREEN_KEYS.slice(0, 2).map((it) => <ScreenKey key={it.name} {...it} onKey={onKey} />)}
      <button
        type="button"
        class="button"
        aria-pressed={control.value}
        onClick={() => (control.value = !control.value)}
      >
        Ctrl
      </button>
      {SCREEN_KEYS.slice(2).map((it) => <ScreenKey key={it.name} {...it} onKey={onKey} />)}
      <button type="button" class="button" onClick={() => void paste()}>Paste</button>
    </div>
  );
}

const ScreenKey = (
  { label, name, text, onKey }: {
    label: string;
    name: string;
    text: string;
    onKey: (text: string) => void;
  },
) => (
  <button type="button" class="button" aria-label={name} onClick={() => onKey(text)}>
    {label}
  </button>
);
