/** Terminals, pipes, disks and rights that are not as one would like: said plainly, nothing torn. */

import assert from "node:assert/strict";
import { carCommand, type Form, runCar } from "../support/car.ts";
import { type CarRepo, makeCarRepo, ticketText } from "../support/car_repo.ts";
import { runShell } from "../support/car_shell.ts";
import { fingerprint } from "../support/fingerprint.ts";
import { plainScreen, runCarOnTerminal } from "../support/pty.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const TICKET = ticketText({ agent: "shell", title: "One ✨ two" }, "Body");
const TICKETS = ".codex-autorunner/tickets";

forSourceAndBinary("car ends quietly when nobody reads its output", async (form) => {
  await using repo = await makeCarRepo({ tickets: [TICKET] });
  for (const line of ["car describe --json", "car config keys", "car completions fish"]) {
    const { code, out, err } = await runShell(
      `{ ${line}; echo $? > ../code; } | head -c 1`,
      repo,
      { form },
    );
    assert.deepEqual({ code, err, length: out.length }, { code: 0, err: "", length: 1 }, line);
    assert.equal((await Deno.readTextFile(`${repo.home}/../code`)).trim(), "0", line);
  }
  const closed = await runShell("car ticket list >&-", repo, { form });
  assert.deepEqual(closed, { code: 0, out: "", err: "" });
});

forSourceAndBinary("car says when its output has no room", async (form) => {
  await using repo = await makeCarRepo({ tickets: [TICKET] });
  const { code, err } = await runShell("car ticket list > /dev/full", repo, { form });
  assert.equal(code, 1);
  assert.match(err, /^car: Cannot write the output/);
});

forSourceAndBinary("car ticket new refuses text on stdin that is not UTF-8", async (form) => {
  await using repo = await makeCarRepo();
  const script = `printf 'caf\\351' | car ticket new --title x --body -`;
  const { code, err } = await runShell(script, repo, { form });
  assert.equal(code, 1);
  assert.match(err, /stdin is not UTF-8/);
  assert.deepEqual([...Deno.readDirSync(`${repo.cwd}/${TICKETS}`)], []);
});

forSourceAndBinary("car works without HOME, with TERM=dumb and with NO_COLOR", async (form) => {
  await using repo = await makeCarRepo({ tickets: [TICKET] });
  const bare = await runShell("unset HOME; car ticket list", repo, { form });
  assert.deepEqual(bare, { code: 0, out: "1\topen\tshell\t-\tOne ✨ two\n", err: "" });
  for (const env of [{ TERM: "dumb" }, { TERM: "xterm", NO_COLOR: "1" }]) {
    const { code, screen } = await runCarOnTerminal(["ticket", "list"], repo, { form, env });
    assert.equal(code, 0);
    assert.ok(!screen.includes("\u001b["), JSON.stringify(screen));
  }
  const coloured = await runCarOnTerminal(["ticket", "list"], repo, {
    form,
    env: { TERM: "xterm" },
  });
  assert.ok(coloured.screen.includes("\u001b["), JSON.stringify(coloured.screen));
  assert.match(plainScreen(coloured.screen), /#\s+state\s+agent/);
});

forSourceAndBinary(
  "car accepts CRLF, byte order mark, blanks and emoji, and keeps them",
  async (form) => {
    const text =
      "\uFEFF---\r\nticket_id: tkt_crlf01\r\nagent: shell # mine\r\ndone: false\r\n---\r\nBody\r\n";
    await using repo = await makeCarRepo({ folder: "my repo 🦊" });
    const name = `${TICKETS}/TICKET-001 a b 🦊.md`;
    await repo.write(name, text);
    const linted = await runCar(["ticket", "lint"], repo, { form });
    assert.equal(linted.code, 0, linted.stdout + linted.stderr);
    const done = await runCar(["ticket", "done", "TICKET-001 a b 🦊.md"], repo, { form });
    assert.equal(done.code, 0, done.stderr);
    assert.equal(await repo.read(name), text.replace("done: false", "done: true"));
  },
);

forSourceAndBinary("car lists and lints 5,000 tickets", async (form) => {
  await using repo = await makeCarRepo();
  for (let number = 1; number <= 5_000; number++) {
    const path = `${repo.cwd}/${TICKETS}/TICKET-${String(number).padStart(4, "0")}.md`;
    Deno.writeTextFileSync(
      path,
      `---\nticket_id: tkt_${number}_many\nagent: shell\ndone: false\n---\n`,
    );
  }
  const linted = await runCar(["ticket", "lint"], repo, { form });
  assert.deepEqual([linted.code, linted.stdout], [0, "5,000 tickets, no problem.\n"]);
  const listed = await runCar(["ticket", "list"], repo, { form });
  assert.equal(listed.stdout.split("\n").length, 5_001);
});

/** Writes that a full or read-only disk must refuse, each with its answer and what lies there before and after. */
const WRITES = `
look() { find .codex-autorunner -type f -exec sha256sum {} + | sort; ls -laR .codex-autorunner | grep -v '^total'; }
long=$(head -c 100000 /dev/zero | tr '\\0' y)
state=$(look)
for write in new set done; do
  case $write in
    new) car ticket new --title One --body "$long" ;;
    set) car config set gate.verify "[$long]" ;;
    done) car ticket done 1 ;;
  esac
  echo "exit $?" >&2
  [ "$(look)" = "$state" ] || { echo 'something changed' >&2; look >&2; }
done
`;

/** Runs `script` as root of a mount table of its own, which goes with it; null where nobody may. */
async function inOwnMounts(script: string, repo: CarRepo, form: Form): Promise<string | null> {
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
  const able = await runShell("unshare -m true", repo, { env });
  if (able.code !== 0) return null;
  const { program, args } = carCommand([], repo, { form });
  const words = [program, ...args].map((word) => `'${word}'`).join(" ");
  await repo.write("../script.sh", `car() { ${words} "$@"; }\n${script}`);
  const { err } = await runShell("unshare -m sh ../script.sh", repo, { form, env });
  return err;
}

function assertRefused(told: string | null, says: RegExp): void {
  if (told === null) return console.log("not tested: only root may mount here");
  assert.doesNotMatch(told, /something changed|\n\s+at /, told);
  const answers = told.split(/exit (\d+)\n/).slice(0, -1);
  assert.equal(answers.length, 6, told);
  for (const [index, answer] of answers.entries()) {
    if (index % 2 === 1) assert.equal(answer, "1", told);
    else assert.match(answer, says);
  }
}

forSourceAndBinary("car says that the disk is read-only, and changes nothing", async (form) => {
  await using repo = await makeCarRepo({ tickets: [TICKET] });
  const mount = `mount --bind .codex-autorunner .codex-autorunner || exit
mount -o remount,bind,ro .codex-autorunner || exit
car ticket list >/dev/null || exit
`;
  assertRefused(await inOwnMounts(mount + WRITES, repo, form), /^car: .*read-only.*\n {2}\S/);
});

forSourceAndBinary("car says that the disk is full, and tears nothing", async (form) => {
  await using repo = await makeCarRepo({ tickets: [TICKET] });
  const mount =
    `mkdir ../kept && cp -r .codex-autorunner/config.yml .codex-autorunner/tickets ../kept
mount -t tmpfs -o size=1m tmpfs .codex-autorunner || exit
cp -r ../kept/* .codex-autorunner/
head -c 2000000 /dev/zero > .codex-autorunner/filler 2>/dev/null
`;
  assertRefused(await inOwnMounts(mount + WRITES, repo, form), /^car: .*disk is full.*\n {2}\S/);
});

forSourceAndBinary("car says that it may not write, and changes nothing", async (form) => {
  await using repo = await makeCarRepo({ tickets: [TICKET] });
  if (Deno.uid() === 0) return console.log("not tested: root may write everywhere");
  await runShell("chmod -R a-w .codex-autorunner", repo);
  try {
    const before = await fingerprint(repo.cwd);
    const { code, stderr } = await runCar(["ticket", "new", "--title", "x"], repo, { form });
    assert.deepEqual([code, await fingerprint(repo.cwd)], [1, before]);
    assert.match(stderr, /^car: .*permission denied.*\n {2}\S/);
  } finally {
    await runShell("chmod -R u+w .codex-autorunner", repo);
  }
});
