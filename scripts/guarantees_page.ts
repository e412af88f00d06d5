/** docs/GUARANTEES.md: the promises, how each is tested, what came out, and where it falls short. */

import { MEASURED, type PromiseRow, PROMISES } from "../tests/promises/promises.ts";

const HEAD = [
  "# What CAR guarantees",
  "",
  "Made by `deno task docs` from `tests/promises/promises.ts`; a test fails when it is stale.",
  "",
  '"Crash" means SIGKILL, the kernel\'s out-of-memory kill, or the end of the process for any other',
  "reason. Linux, unless said. Each promise has tests of its name; what they do not reach is written",
  "beside it. A promise about what CAR cannot do yet is listed as not there.",
  "",
  `Results of ${MEASURED}.`,
  "`deno task battery` and `deno task simulate` take the measurements again, with larger counts.",
];

export function guaranteesPage(): string {
  return [...HEAD, ...PROMISES.flatMap(section), ""].join("\n");
}

function section({ id, promise, proof, tests, result, misses }: PromiseRow): readonly string[] {
  if (tests.length === 0) {
    return ["", `## ${id}`, "", `**${promise}**`, "", `- Not there yet: ${misses}`];
  }
  const links = tests.map((path) => `[${path.split("/").at(-1)}](../tests/${path})`).join(", ");
  return [
    "",
    `## ${id}`,
    "",
    `**${promise}**`,
    "",
    `- Tested by: ${proof}.`,
    `- Result: ${result}.`,
    ...(misses === "" ? [] : [`- Falls short: ${misses}`]),
    `- Tests: ${links}`,
  ];
}
