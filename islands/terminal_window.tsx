/** One terminal on the page: its screen, its line, and the keys a phone lacks. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Notice } from "./parts/small.tsx";
import { type LineState, TerminalLine } from "./terminal_socket.ts";
import type { OpenScreen } from "./terminal_screen.ts";
import type { TerminalRow } from "./terminal_types.ts";

export interface TerminalWindowProps {
  readonly path: string;
  readonly terminal: TerminalRow;
  readonly onEnded: () => void;
}

interface Shown {
  readonly state: LineState;
  readonly words: string | null;
}

export function TerminalWindow({ path, terminal, onEnded }: TerminalWindowProps) {
  const box = useRef<HTMLDivElement>(null);
  const screen = useRef<OpenScreen | null>(null);
  const shown = useSignal<Shown>({ state: "connecting", words: null });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let line: TerminalLine | null = null;
    let isHere: "yes" | "no" = "yes";
    void import("./terminal_screen.ts").then(({ openScreen }) => {
      if (isHere === "no") return;
      const opened = openScreen({
        element,
        label: `Terminal: ${terminal.title}`,
        onInput: (text) => line?.type(text),
        onRoom: (cols, rows) => line?.fit(cols, rows),
      });
      screen.current = opened;
      line = new TerminalLine({
        path,
        session: terminal.id,
        screen: opened,
        onState: (state, words) => {
          shown.value = { state, words };
          if (state === "ended" || state === "removed") onEnded();
        },
      });
      opened.focus();
    });
    return () => {
      isHere = "no";
      line?.close();
      screen.current?.close();
      screen.current = null;
    };
  }, [path, terminal.id]);
  const { state, words } = shown.value;
  return (
    <div class="terminal-window" data-state={state}>
      <div ref={box} class="terminal-screen" />
      {words === null ? null : <Notice tone={state === "lost" ? "failed" : "idle"} title={words} />}
      <ScreenKeys onKey={(text) => screen.current?.send(text)} />
    </div>
  );
}

/** What a keyboard on glass does not have. */
const KEYS = [
  ["Esc", "\u001b"],
  ["Tab", "\t"],
  ["Ctrl C", "\u0003"],
  ["Ctrl D", "\u0004"],
  ["Ctrl Z", "\u001a"],
  ["↑", "\u001b[A"],
  ["↓", "\u001b[B"],
  ["←", "\u001b[D"],
  ["→", "\u001b[C"],
] as const;

const ScreenKeys = ({ onKey }: { onKey: (text: string) => void }) => (
  <div class="screen-keys" role="toolbar" aria-label="Keys">
    {KEYS.map(([label, text]) => (
      <button
        key={label}
        type="button"
        class="button"
        onClick={() => onKey(text)}
      >
        {label}
      </button>
    ))}
  </div>
);
