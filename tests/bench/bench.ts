/**
 * Takes the numbers of docs/BENCHMARKS.md with the compiled program and writes the page:
 * `deno task bench`. With names of groups it takes only those and writes nothing.
 */

import { VERSION } from "../../lib/base/version.ts";
import { answerRows } from "./answers.ts";
import { commandLineRows } from "./command_line.ts";
import { hubRows } from "./hub.ts";
import type { Measured } from "./measure.ts";
import { benchmarksPage, type Machine } from "./page.ts";
import { pageRows } from "./pages.ts";
import { browserRows } from "./page_bench.ts";
import { queueRows } from "./queue.ts";
import { stateRows } from "./state.ts";
import { streamRows } from "./stream.ts";
import { workRows } from "./work.ts";

const PAGE = new URL("../../docs/BENCHMARKS.md", import.meta.url);

/** In the order of the page. */
const GROUPS = {
  commands: commandLineRows,
  queue: queueRows,
  state: stateRows,
  stream: streamRows,
  browser: browserRows,
  hub: hubRows,
  answers: answerRows,
  pages: pageRows,
  work: workRows,
} as const satisfies Record<string, () => Promise<readonly Measured[]>>;

const isGroup = (name: string): name is keyof typeof GROUPS => Object.hasOwn(GROUPS, name);

async function cpuName(): Promise<string> {
  const text = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  return /^model name\s*:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? Deno.build.arch;
}

async function machineNow(before: number): Promise<Machine> {
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    cpu: await cpuName(),
    cores: navigator.hardwareConcurrency,
    memoryGb: Deno.systemMemoryInfo().total / 1e9,
    system: `${Deno.build.os} ${Deno.osRelease()}`,
    load: [before, Deno.loadavg()[0] ?? 0],
    version: `car ${VERSION}, Deno ${Deno.version.deno}`,
  };
}

function show({ what, target, measured, met }: Measured): void {
  const mark = met === null ? "    " : met ? "ok  " : "MISS";
  console.log(`${mark}  ${what}\n      ${measured}; target ${target}`);
}

if (import.meta.main) {
  const before = Deno.loadavg()[0] ?? 0;
  const unknown = Deno.args.filter((name) => !isGroup(name));
  if (unknown.length > 0) {
    console.error(
      `No group is named ${unknown.join(", ")}; there are ${Object.keys(GROUPS).join(", ")}.`,
    );
    Deno.exit(2);
  }
  const rows: Measured[] = [];
  for (const [name, measure] of Object.entries(GROUPS)) {
    if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
    const measured = await measure();
    measured.forEach(show);
    rows.push(...measured);
  }
  if (Deno.args.length === 0) {
    await Deno.writeTextFile(PAGE, benchmarksPage(await machineNow(before), rows));
    console.log("docs/BENCHMARKS.md written.");
  }
}
