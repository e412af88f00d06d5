/** Every bad input: one clear message, the right exit code, nothing changed on disk, no trace. */

import assert from "node:assert/strict";
import { type CarPlace, type CarResult, type Form, runCar } from "../support/car.ts";
import { runShell } from "../support/car_shell.ts";
import { fingerprint } from "../support/fingerprint.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const INIT = `mkdir -p repo/.git repo/.codex-autorunner/tickets
printf 'version: 2\\nmode: repo\\n' > repo/.codex-autorunner/config.yml
`;
const T = "repo/.codex-autorunner/tickets";
/** A sound first ticket, so that the queue is not empty. */
const FIRST =
  `printf -- '---\\nticket_id: tkt_first1\\nagent: shell\\ndone: false\\n---\\n' > ${T}/TICKET-001.md
`;

interface Bad {
  readonly name: string;
  /** Run by sh in an empty folder. */
  readonly given: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** In stdout and stderr together. */
  readonly says: RegExp;
}

const lint = (name: string, script: string, says: RegExp): Bad => ({
  name,
  given: INIT + FIRST + script,
  args: ["ticket", "lint"],
  code: 1,
  says,
});

const second = (frontmatter: string): string =>
  `printf -- '---\\n${frontmatter}---\\nBody\\n' > ${T}/TICKET-002.md\n`;

const BAD: readonly Bad[] = [
  {
    name: "not a git repo",
    given: "mkdir repo",
    args: ["ticket", "list"],
    code: 1,
    says: /is not in a git repo\.\n {2}.*git init/,
  },
  {
    name: "not initialised",
    given: "mkdir -p repo/.git",
    args: ["ticket", "new", "--title", "x"],
    code: 1,
    says: /CAR is not set up in the git repo .*repo\.\n {2}Run `car init`/,
  },
  {
    name: "a hub where a repo is wanted",
    given: "mkdir -p repo/.codex-autorunner\necho 'mode: hub' > repo/.codex-autorunner/config.yml",
    args: ["ticket", "list"],
    code: 1,
    says: /works on one repo, and .* is a hub/,
  },
  {
    name: "no tickets",
    given: INIT,
    args: ["ticket", "list"],
    code: 0,
    says: /no tickets yet.*car ticket new/,
  },
  {
    name: "no such ticket",
    given: INIT + FIRST,
    args: ["ticket", "show", "7"],
    code: 1,
    says: /no ticket 7/,
  },
  {
    name: "an unknown agent on the command line",
    given: INIT + FIRST,
    args: ["ticket", "new", "--title", "x", "--agent", "codexx"],
    code: 1,
    says: /agent is codexx.*Allowed are: codex, .*Did you mean codex\?\n {2}Nothing was written/,
  },
  {
    name: "a dependency that is no ticket, on the command line",
    given: INIT + FIRST,
    args: ["ticket", "new", "--title", "x", "--depends-on", "9"],
    code: 1,
    says: /depends_on names 9, which is no ticket/,
  },
  {
    name: "a number that cannot be",
    given: INIT + FIRST,
    args: ["ticket", "new", "--title", "x", "--at", "-1"],
    code: 2,
    says: /whole number/,
  },
  lint(
    "an unknown agent",
    second("agent: nobody\\ndone: false\\n"),
    /TICKET-002\.md:2: agent is nobody/,
  ),
  lint("broken YAML", second("agent: [shell\\ndone: false\\n"), /TICKET-002\.md:\d: .*not YAML/),
  lint(
    "an open fence",
    `printf -- '---\\nagent: shell\\ndone: false\\n' > ${T}/TICKET-002.md`,
    /TICKET-002\.md:1: .*not closed/,
  ),
  lint(
    "Latin-1",
    second("agent: shell\\ndone: false\\ntitle: caf\\351\\n"),
    /TICKET-002\.md:1: .*not UTF-8/,
  ),
  lint(
    "a key that stands twice",
    second("agent: shell\\ndone: false\\nagent: codex\\n"),
    /TICKET-002\.md:4: The key agent stands in line 2/,
  ),
  lint(
    "an unknown depends_on",
    second("agent: shell\\ndone: false\\ndepends_on: [77]\\n"),
    /TICKET-002\.md:4: depends_on names 77/,
  ),
  lint(
    "a loop of depends_on",
    second("agent: shell\\ndone: false\\ndepends_on: [2]\\n"),
    /TICKET-002\.md:4: .*(wait for each other|itself)/,
  ),
  lint(
    "done in quotes",
    second('agent: shell\\ndone: "yes"\\n'),
    /TICKET-002\.md:3: done is "yes"/,
  ),
  lint(
    "a ticket of 20 MB",
    `head -c 20000000 /dev/zero > ${T}/TICKET-002.md`,
    /TICKET-002\.md:1: The file has 20000000 bytes; 1048576/,
  ),
  lint(
    "frontmatter of 100,000 keys",
    `{ echo ---; seq 100000 | sed 's/.*/k&: 1/'; echo ---; } > ${T}/TICKET-002.md`,
    /TICKET-002\.md:1: .*(bytes; \d+ are allowed)/,
  ),
  lint(
    "a pipe named like a ticket",
    `mkfifo ${T}/TICKET-002.md`,
    /TICKET-002\.md:1: This is a pipe/,
  ),
  lint("a folder named like a ticket", `mkdir ${T}/TICKET-002.md`, /This is a folder/),
  lint("a link out of the repo", `ln -s /etc/hostname ${T}/TICKET-002.md`, /outside the repo/),
  lint("a link to nothing", `ln -s nowhere ${T}/TICKET-002.md`, /leads nowhere/),
  lint(
    "an alias bomb",
    second("agent: shell\\ndone: false\\na: &a [x,x]\\nb: &b [*a,*a]\\nc: [*b,*b]\\n"),
    /TICKET-002\.md:4: .*anchor or alias/,
  ),
  lint(
    "two tickets of one number",
    `cp ${T}/TICKET-001.md ${T}/TICKET-0001.md`,
    /number is taken by/,
  ),
  lint("a bad name", `echo x > ${T}/TICKET-2.md`, /TICKET-2\.md:1: .*not the name of a ticket/),
  {
    name: "marking a ticket that cannot be read",
    given: INIT + FIRST + second("agent: [shell\\ndone: false\\n"),
    args: ["ticket", "done", "2"],
    code: 1,
    says: /frontmatter cannot be read/,
  },
  {
    name: "importing a broken ticket beside a sound one",
    given: `${INIT}${FIRST}mkdir in; cp ${T}/TICKET-001.md in/; echo nothing > in/TICKET-002.md`,
    args: ["ticket", "import", "../in"],
    code: 1,
    says: /TICKET-003\.md:1: .*frontmatter.*\n {2}Nothing was written/,
  },
  {
    name: "a config that is not YAML",
    given: `${INIT}printf 'gate: [\\n' >> repo/.codex-autorunner/config.yml`,
    args: ["config", "show"],
    code: 1,
    says: /config\.yml:\d/,
  },
  {
    name: "an unknown setting",
    given: INIT,
    args: ["config", "set", "git.auto_comit", "false"],
    code: 1,
    says: /no config key "git\.auto_comit"\.\n {2}Did you mean "git\.auto_commit"/,
  },
  {
    name: "a wrong value of a setting",
    given: INIT,
    args: ["config", "set", "gate.attempts", "many"],
    code: 1,
    says: /gate\.attempts: .*many.*allowed/,
  },
  {
    name: "an editor that is not there",
    given: INIT + FIRST,
    args: ["ticket", "edit", "1"],
    env: { EDITOR: "no-such-editor" },
    code: 1,
    says: /no-such-editor.*127.*\n {2}Set VISUAL or EDITOR/,
  },
  {
    name: "no editor and no terminal",
    given: INIT + FIRST,
    args: ["ticket", "edit", "1"],
    code: 2,
    says: /no terminal to edit on/,
  },
  {
    name: "removing without a person to ask",
    given: INIT + FIRST,
    args: ["ticket", "rm", "1"],
    code: 2,
    says: /--yes/,
  },
  {
    name: "an unknown command",
    given: INIT,
    args: ["tickets"],
    code: 2,
    says: /Did you mean ticket\?/,
  },
  {
    name: "a permission flag that does not exist",
    given: INIT,
    args: ["--allow-bogus", "ticket", "list"],
    code: 2,
    says: /There is no permission --allow-bogus/,
  },
];

/** What a trace looks like, in whatever form. */
const TRACE = /\n\s+at .*:\d+:\d+|error: Uncaught|file:\/\/\//;

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "car bad ✨ " }));
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function assertTold(bad: Bad, { code, stdout, stderr }: CarResult): void {
  const said = stdout + stderr;
  assert.match(said, bad.says);
  assert.equal(code, bad.code, said);
  assert.doesNotMatch(said, TRACE);
}

/** The linter's answer is its list; everything else is an error. */
function assertToldAsJson(bad: Bad, { code, stdout, stderr }: CarResult): void {
  assert.equal(code, bad.code, stdout + stderr);
  const told: unknown = JSON.parse(stdout);
  assert.ok(typeof told === "object" && told !== null);
  assert.ok("error" in told || "problems" in told, stdout);
}

async function refuses(bad: Bad, folder: string, form: Form): Promise<void> {
  const outside: CarPlace = { cwd: folder, home: "/nonexistent" };
  const given = await runShell(bad.given, outside, { form });
  assert.equal(given.err, "");
  const before = await fingerprint(folder);
  const place = { ...outside, cwd: `${folder}/repo` };
  const options = { form, ...(bad.env === undefined ? {} : { env: bad.env }) };
  assertTold(bad, await runCar(bad.args, place, options));
  assert.deepEqual(await fingerprint(folder), before);
  if (bad.code === 0) return;
  assertToldAsJson(bad, await runCar([...bad.args, "--json"], place, options));
  assert.deepEqual(await fingerprint(folder), before);
}

for (const bad of BAD) {
  forSourceAndBinary(
    `car ${bad.args.join(" ")} refuses: ${bad.name}`,
    (form) => inFolder((folder) => refuses(bad, folder, form)),
  );
}
