/** Signals that ask a command to end, counted: the first asks politely, the second does not. */

import type { Clock } from "../base/clock.ts";

export type SignalName = "SIGINT" | "SIGTERM" | "SIGHUP";

const SIGNALS: readonly SignalName[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Two signals of one event, such as a terminal that closes, count once, in milliseconds. */
const SAME_EVENT_MS = 100;

/** @param onSignal Told each signal with how many have come, from 1. */
export function listenForSignals(
  clock: Clock,
  onSignal: (name: SignalName, count: number) => void,
): { close(): void } {
  let count = 0;
  let lastMs = -Infinity;
  const handlers = SIGNALS.map((name) => {
    const handler = () => {
      const nowMs = clock.elapsed();
      if (nowMs - lastMs < SAME_EVENT_MS) return;
      lastMs = nowMs;
      onSignal(name, ++count);
    };
    Deno.addSignalListener(name, handler);
    return { name, handler };
  });
  return {
    close: () => {
      for (const { name, handler } of handlers) Deno.removeSignalListener(name, handler);
    },
  };
}
