/** An explanation as lines for people. */

import { visible } from "../base/display.ts";
import type { Explanation } from "../engine/explain_run.ts";
import { clockTime, type Now } from "./moment.ts";

export function explanationLines(explanation: Explanation, now: Now): readonly string[] {
  const { subject, headline, facts, next } = explanation;
  const head = headline.startsWith(subject) ? headline : `${subject}: ${headline}`;
  const times = facts.map((it) => it.atMs === null ? "" : clockTime(it.atMs, now));
  const width = Math.max(0, ...times.map((time) => time.length));
  const lines = facts.map((it, index) => {
    const event = it.seq === null ? "" : `  (event ${it.seq})`;
    return `  ${(times[index] ?? "").padEnd(width)}  ${visible(it.text)}${event}`.trimEnd();
  });
  const end = /[.?!]$/.test(head) ? "" : ".";
  return [`${visible(head)}${end}`, ...lines, next];
}
