/** `car doctor`: what CAR needs, what it found, and the cure. */

import { type CheckRow, type DoctorReport, runDoctor } from "../../control/doctor.ts";
import { DOCTOR_CHECKS } from "../../control/doctor_checks.ts";
import { HUB_CHECKS } from "../../control/doctor_hub.ts";
import { plural } from "../../base/text.ts";
import { repoPaths } from "../../control/roots.ts";
import { openDoctorWorld } from "../../hub/doctor_world.ts";
import type { Call } from "../command.ts";
import type { Tone } from "../output.ts";

/** What holds for a hub too; its repos are examined each in its own folder. */
const SHARED: readonly string[] = ["git", "disk", "file_locks", "config", "agents"];

/** @returns 1 when an error is left; warnings alone are 0. */
export async function run(call: Call): Promise<number> {
  const { context, input, io } = call;
  const found = await context.found();
  const root = found.type === "none" ? await Deno.realPath(context.from) : found.root;
  const checks = Object.entries(DOCTOR_CHECKS)
    .filter(([id]) =>
      found.type === "hub" ? SHARED.includes(id) || id in HUB_CHECKS : !(id in HUB_CHECKS)
    );
  const environment = io.environment();
  const world = await openDoctorWorld(repoPaths(root), { clock: io.clock, environment });
  try {
    if (input.flag("rebuild")) {
      await world.context.rebuildViews();
      call.output.say("The read models were rebuilt from the journal.");
    }
    const fix = input.flag("fix");
    const report = await runDoctor(world.context, Object.fromEntries(checks), { fix });
    if (call.json) call.output.json({ root, ...report });
    else tell(call, report);
    return report.errors === 0 ? 0 : 1;
  } finally {
    await world.close();
  }
}

const MARKS = {
  ok: { mark: "ok", tone: "good" },
  warning: { mark: "warning", tone: "warn" },
  error: { mark: "error", tone: "bad" },
} as const satisfies Record<CheckRow["status"], { mark: string; tone: Tone }>;

/** The widest mark. */
const MARK_CELLS = 7;

function tell({ output }: Call, { rows, errors, warnings, fixed }: DoctorReport): void {
  for (const row of rows) tellRow(output, row);
  const fixable = rows.filter((row) => row.fixable).length;
  const counts = [
    ...(errors > 0 ? [plural(errors, "error")] : []),
    ...(warnings > 0 ? [plural(warnings, "warning")] : []),
    ...(fixed > 0 ? [`${fixed} mended`] : []),
  ];
  output.say("");
  if (counts.length === 0) output.say("All is well.", "good");
  else output.say(`${counts.join(", ")}.${fixable > 0 ? " `car doctor --fix` mends more." : ""}`);
}

function tellRow(output: Call["output"], row: CheckRow): void {
  const { mark, tone } = MARKS[row.status];
  const indent = " ".repeat(MARK_CELLS + 2);
  const below = (text: string) => text.replaceAll("\n", `\n${indent}`);
  output.line(`${mark.padEnd(MARK_CELLS)}  ${row.title}: ${below(row.found)}`, tone);
  if (row.cure !== null) output.line(`${indent}${below(row.cure)}`);
  if (row.fixed !== null) output.line(`${indent}Mended: ${below(row.fixed)}`, "good");
}
