/** Repos whose tickets the shell agent works: with them only CAR's own time is left to measure. */

import { DatabaseSync } from "node:sqlite";
import { repoPaths } from "../../lib/control/roots.ts";
import { type CarRepo, makeCarRepo } from "../support/car_repo.ts";

/** Files older than this are believed to be as they were read: a queue is not worked in its first second. */
const SETTLED_MS = 1_300;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A ticket as people write them: most keys, two checks, one command. */
function ticketOf(number: number): string {
  return `---
ticket_id: tkt_${String(number).padStart(16, "0")}
agent: shell
done: false
title: Ticket ${number}, a step on the way
goal: "Make part ${number} work, with its tests"
depends_on: [${number > 1 ? number - 1 : ""}]
verify:
  - test -f ${number}.txt
  - run: grep -q ${number} ${number}.txt
    timeout_s: 60
limits:
  turns: 5
  minutes: 20
touches: [src/part_${number}.ts, tests/]
context:
  - path: README.md
    max_bytes: 2000
---

# Part ${number}

\`\`\`sh
echo ${number} > ${number}.txt
\`\`\`

- [ ] it works
`;
}

/** A repo with so many open tickets. `await using` removes it. */
export async function queueOf(tickets: number): Promise<CarRepo> {
  const texts = Array.from({ length: tickets }, (_, at) => ticketOf(at + 1));
  const repo = await makeCarRepo({ tickets: texts });
  await pause(SETTLED_MS);
  return repo;
}

/** One event of the newest run, as the journal has it. */
export interface Row {
  readonly atMs: number;
  readonly type: string;
  readonly body: string;
}

/** The events of the newest run in order. Only while no car works there. */
export function journalRows(repo: CarRepo): readonly Row[] {
  const db = new DatabaseSync(repoPaths(repo.cwd).journal, { readOnly: true });
  try {
    return db.prepare(
      `select at_ms, type, body from events
       where run = (select run from runs order by number desc limit 1) order by seq`,
    ).all().map((row) => ({
      atMs: Number(row["at_ms"]),
      type: String(row["type"]),
      body: String(row["body"]),
    }));
  } finally {
    db.close();
  }
}
