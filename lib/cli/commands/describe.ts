/** `car describe`: what CAR is, for programs; for people a page of it. */

import { visibleLine } from "../../base/display.ts";
import type { Call } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { describeCar, describedMode, usageLine } from "../describe.ts";

export async function run({ context, input, json, output, surfaces }: Call): Promise<void> {
  if (input.flag("schema")) {
    const { describeSchema } = await import("../describe_schema.ts");
    output.json(describeSchema());
    return;
  }
  const here = await context.found();
  const { routeSummaries } = await surfaces.routes();
  const told = describeCar(COMMANDS, routeSummaries(describedMode(here)), here);
  if (json) {
    output.json(told);
    return;
  }
  output.line(`car ${told.car.version}`, "strong");
  const where = told.here.root === null ? "no git repo here" : visibleLine(told.here.root);
  output.line(`Here: ${told.here.type}, ${where}`);
  output.line(`Tickets: ${told.tickets.folder}/${told.tickets.name}`);
  output.line(`Settings, later over earlier: ${told.config.layers.join(", ")}`);
  output.line(`Exit codes: ${told.exit_codes.map((it) => `${it.code} ${it.meaning}`).join(", ")}`);
  output.line("");
  output.table(
    [{ title: "command" }, { title: "what it does" }],
    COMMANDS.map((spec) => [usageLine(spec), spec.summary]),
  );
}
