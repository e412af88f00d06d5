/** docs/BENCHMARKS.md: the numbers last measured beside their targets, misses as misses. */

import type { Measured } from "./measure.ts";

/** On what, and when, the numbers were taken. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** Load average over a minute before and after. */
  readonly load: readonly [number, number];
  readonly version: string;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** A miss is bold, so that it is seen first. */
function rowOf({ what, target, measured, met, python }: Measured): string {
  const result = met === false ? `**missed:** ${measured}` : measured;
  return `| ${cell(what)} | ${cell(target)} | ${cell(result)} | ${cell(python ?? "-")} |`;
}

export function benchmarksPage(machine: Machine, rows: readonly Measured[]): string {
  const missed = rows.filter(({ met }) => met === false).length;
  const judged = rows.filter(({ met }) => met !== null).length;
  const [before, after] = machine.load.map((it) => it.toFixed(2));
  return `# Benchmarks

Written by \`deno task bench\`; do not edit. Numbers are medians, with the lowest and the highest behind
them. The Python program is the one CAR takes the place of, measured on the same kind of machine.

${machine.version}, ${machine.date}, ${machine.cpu}, ${machine.cores} cores, ${
    machine.memoryGb.toFixed(0)
  } GB, ${machine.system}. Load average
before ${before}, after ${after}: above 1 others worked beside, and times are longer than they need be.

${judged - missed} of ${judged} targets met.

| what | target | measured | Python program |
|---|---|---|---|
${rows.map(rowOf).join("\n")}
`;
}
