/** The state of a thing: a shape, a colour and a word, so that none of them has to be enough alone. */

import type { JSX } from "preact";
import { shownState, type Tone } from "../states.ts";

const SHAPES: Readonly<Record<Tone, () => JSX.Element>> = {
  running: () => (
    <g fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
      <circle cx="8" cy="8" r="5.5" opacity="0.28" />
      <path class="turning" d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" />
    </g>
  ),
  waiting: () => <path fill="currentColor" d="M8 1.5 14.5 8 8 14.5 1.5 8z" />,
  done: () => (
    <g>
      <circle cx="8" cy="8" r="6.5" fill="currentColor" />
      <path
        class="on-mark"
        d="M5 8.3 7.2 10.5 11 6"
        fill="none"
        stroke="var(--paper)"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </g>
  ),
  failed: () => (
    <g fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round">
      <path d="M3.5 3.5l9 9M12.5 3.5l-9 9" />
    </g>
  ),
  parked: () => <path fill="currentColor" d="M11.8 11.8A6 6 0 1 1 7 2a4.8 4.8 0 0 0 4.8 9.8z" />,
  idle: () => <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" stroke-width="1.8" />,
};

/** The shape alone. @param label Said to screen readers; null when a word stands beside it. */
export function Mark({ tone, label = null }: { tone: Tone; label?: string | null }) {
  const said = label === null
    ? { "aria-hidden": true } as const
    : { role: "img", "aria-label": label } as const;
  return (
    <svg class="mark" data-tone={tone} viewBox="0 0 16 16" {...said}>
      {SHAPES[tone]()}
    </svg>
  );
}

/** The mark of a state by its name in the API, e.g. in a list where the word has no room. */
export function StateMark({ state }: { state: string }) {
  const { label, tone } = shownState(state);
  return <Mark tone={tone} label={label} />;
}

/** Mark and word. @param words Instead of the state's own. */
export function Pill({ state, words }: { state: string; words?: string | undefined }) {
  const { label, tone } = shownState(state);
  return (
    <span class="pill" data-tone={tone}>
      <Mark tone={tone} />
      {words ?? label}
    </span>
  );
}
