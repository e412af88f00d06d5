/**
 * Writes the pages of docs/ that are made from tables; with --check it writes nothing and fails when
 * one is stale.
 */

import { COMMANDS } from "../lib/cli/commands.ts";
import { commandsPage } from "../lib/cli/commands_page.ts";
import { describeSchema } from "../lib/cli/describe_schema.ts";
import { agentsPage } from "./agents_page.ts";
import { configPage } from "./config_page.ts";
import { guaranteesPage } from "./guarantees_page.ts";
import { statesPage } from "./draw_states.ts";
import { rulesPage } from "./rules_page.ts";
import { ticketsPage } from "./tickets_page.ts";

const DOCS = new URL("../docs/", import.meta.url);

const PAGES: Readonly<Record<string, () => string>> = {
  "AGENTS.md": agentsPage,
  "COMMANDS.md": () => commandsPage(COMMANDS),
  "GUARANTEES.md": guaranteesPage,
  "CONFIG.md": configPage,
  "RULES.md": rulesPage,
  "TICKETS.md": ticketsPage,
  "run-states.md": statesPage,
  "car-describe.schema.json": () => `${JSON.stringify(describeSchema(), null, 2)}\n`,
};

async function textOf(page: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(page);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}

/** Names of pages that are not as their tables are. */
export async function stalePages(): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [name, make] of Object.entries(PAGES)) {
    if (await textOf(new URL(name, DOCS)) !== make()) stale.push(name);
  }
  return stale;
}

if (import.meta.main) {
  const stale = await stalePages();
  if (Deno.args.includes("--check")) {
    for (const name of stale) console.error(`docs/${name} is stale: run \`deno task docs\`.`);
    Deno.exit(stale.length === 0 ? 0 : 1);
  }
  await Deno.mkdir(DOCS, { recursive: true });
  for (const name of stale) {
    await Deno.writeTextFile(new URL(name, DOCS), PAGES[name]?.() ?? "");
    console.log(`docs/${name} written.`);
  }
}
