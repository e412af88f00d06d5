/** `car prompt show`: what would be sent to the agent next, part by part, then the text. */

import { renderTable } from "../../base/display.ts";
import { thousands } from "../../base/text.ts";
import { asRepoConfig } from "../../control/config.ts";
import { ticketLabel } from "../../engine/ticket.ts";
import { previewPrompt, type PromptPreview } from "../../hub/prompt_preview.ts";
import { withReading } from "../../hub/reading.ts";
import { loadCallConfig } from "../call_config.ts";
import { findCallTicket, openCallTickets } from "../call_tickets.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  const asked = call.input.optionalArgument("ticket");
  const paths = await call.context.repo();
  const config = asRepoConfig(await loadCallConfig(call));
  const name = asked === null ? null : await findCallTicket(await openCallTickets(call), asked);
  const preview = await withReading(paths, (reading) => previewPrompt(reading, config, name));
  if (call.json) call.output.json(asJson(preview));
  else show(call, preview);
}

const asJson = ({ ticket, agent, run, mode, prompt }: PromptPreview) => ({
  ticket: ticket.name,
  agent,
  run,
  mode,
  bytes: prompt.bytes,
  parts: prompt.parts,
  text: prompt.text,
});

function show({ output, input }: Call, preview: PromptPreview): void {
  const { ticket, agent, run, mode, prompt } = preview;
  if (!input.flag("text")) {
    output.line(`${ticketLabel(ticket)}, to ${agent} in ${run}, ${mode} turn`, "strong");
    const rows = prompt.parts.map((it) => [
      it.name,
      thousands(it.bytes),
      it.cut === 0 ? "" : thousands(it.cut),
    ]);
    const all = ["all", thousands(prompt.bytes), ""];
    const table = renderTable(
      [{ title: "Part" }, { title: "Bytes", align: "right" }, { title: "Cut", align: "right" }],
      [...rows, all],
    );
    for (const line of table.split("\n")) output.line(line);
    output.line("");
  }
  output.document(prompt.text);
}
