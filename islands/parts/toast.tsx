/** Short words on what just happened. What a person must act on stays on the page instead. */

import { signal } from "@preact/signals";
import { Problem } from "../problem.ts";
import type { Tone } from "../states.ts";
import { Button } from "./button.tsx";
import { Foreign } from "./foreign.tsx";
import { Mark } from "./mark.tsx";

interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
  readonly hint: string | null;
}

/** Long enough to read two lines; what went wrong stays until it is closed. */
const SHOWN_MS = 6_000;
const SHOWN_MAX = 4;

const toasts = signal<readonly Toast[]>([]);
let last = 0;

const drop = (id: number): void => {
  toasts.value = toasts.value.filter((it) => it.id !== id);
};

export function toast(tone: Tone, text: string, hint: string | null = null): void {
  const id = ++last;
  toasts.value = [...toasts.value, { id, tone, text, hint }].slice(-SHOWN_MAX);
  if (tone !== "failed") setTimeout(drop, SHOWN_MS, id);
}

/** Tells of a failure in the words of the server. */
export function toastProblem(thrown: unknown): void {
  const problem = Problem.of(thrown);
  toast("failed", problem.message, problem.hint);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((it) => (
        <div key={it.id} class="toast" data-tone={it.tone}>
          <Mark tone={it.tone} />
          <div class="text">
            <Foreign text={it.text} />
            {it.hint === null ? null : (
              <div class="hint">
                <Foreign text={it.hint} />
              </div>
            )}
          </div>
          <Button kind="quiet" icon="close" label="Close this word" onClick={() => drop(it.id)} />
        </div>
      ))}
    </div>
  );
}
