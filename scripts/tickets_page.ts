/** docs/TICKETS.md: the keys of a ticket and everything the linter says, made from its tables. Pure. */

import { TICKET_KEYS } from "../lib/control/ticket_keys.ts";
import { LINT_RULES } from "../lib/control/ticket_rules.ts";
import { GUARDED_KEYS } from "../lib/engine/ticket_guard.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`)
    .join("\n");

const keyRows = (): readonly (readonly string[])[] =>
  Object.entries(TICKET_KEYS).map(([name, { required, allowed, meaning, example }]) => [
    `\`${name}\``,
    required ? "yes" : "",
    allowed,
    meaning,
    `\`${example}\``,
  ]);

/** The words of each rule; FOUND, ALLOWED and KEY stand for what a real message names. */
const ruleRows = (): readonly (readonly string[])[] =>
  Object.entries(LINT_RULES).map(([code, { fixable, say }]) => [
    `\`${code}\``,
    fixable ? "yes" : "",
    say("FOUND", "ALLOWED", "KEY"),
  ]);

/** The whole page. It says how it is made, so that nobody edits it by hand. */
export function ticketsPage(): string {
  const guarded = Object.keys(GUARDED_KEYS).map((name) => `\`${name}\``).join(", ");
  return [
    "# Tickets",
    "<!-- Made from lib/control/ticket_keys.ts and ticket_rules.ts by `deno task docs`. Edit the tables, " +
    "not this page. -->",
    "A ticket is a markdown file in `.codex-autorunner/tickets/`, named `TICKET-001.md` or " +
    "`TICKET-001-some-words.md`. The number, three to nine digits, gives the order; gaps are fine. " +
    "Above the text stands frontmatter:",
    '```markdown\n---\nagent: codex\ndone: false\ntitle: "Add login"\nverify: [npm test]\n---\n\n' +
    "What is to be done, for the agent that reads it.\n\n- [ ] a criterion, ticked when it is met\n```",
    table(["Key", "Required", "Allowed", "Meaning", "Example"], keyRows()),
    "Keys that are not in this table are kept and mean nothing to CAR. " +
    `An agent may not change ${guarded} in the ticket it works on, nor take out a criterion: CAR puts them back.`,
    "## What the linter says",
    "One linter serves the command line and the run. Each message names file and line. " +
    "`car ticket lint` prints all of them, `car ticket lint --fix` mends those marked in the second column. " +
    "A queue with a problem is not worked on. FOUND, ALLOWED and KEY stand for what the message names.",
    table(["Code", "Mended by --fix", "Message"], ruleRows()),
  ].join("\n\n") + "\n";
}
