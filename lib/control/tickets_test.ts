import assert from "node:assert/strict";
import { writeFileAtomic } from "./files.ts";
import { repoPaths } from "./roots.ts";
import {
  createTicket,
  findTicketName,
  removeTicket,
  setDone,
  setTicketKey,
} from "./ticket_edit.ts";
import { fixQueue } from "./ticket_fix.ts";
import { importTickets } from "./ticket_import.ts";
import { knownAgents } from "./ticket_lint.ts";
import { moveTicket, planMove, renumbered, reorderTickets } from "./ticket_move.ts";
import { ensureTicketIds, readQueue, TicketFolder, type TicketPaths } from "./tickets.ts";
import { rounds } from "../../tests/support/rounds.ts";

const AGENTS = knownAgents(["codex", "opencode"]);
const DONE = true;

async function inRepo(body: (paths: TicketPaths) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const paths = repoPaths(root);
  await Deno.mkdir(paths.tickets, { recursive: true });
  try {
    await body(paths);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const put = (paths: TicketPaths, name: string, text: string | Uint8Array) =>
  Deno.writeFile(
    `${paths.tickets}/${name}`,
    typeof text === "string" ? new TextEncoder().encode(text) : text,
  );
const get = (paths: TicketPaths, name: string) => Deno.readTextFile(`${paths.tickets}/${name}`);
const ticket = (more = "", done = false) =>
  `---\nagent: codex\ndone: ${done}\n${more}---\n\nDo it.\n`;
const listed = (folder: string) => [...Deno.readDirSync(folder)].map((it) => it.name).sort();

/** Hex digits that count up: 1, 2, ... */
function counter(): () => string {
  let last = 0;
  return () => (++last).toString(16).padStart(16, "0");
}

async function codes(paths: TicketPaths): Promise<readonly string[]> {
  const { problems } = await readQueue(paths, { agents: AGENTS });
  return problems.map(({ file, code }) => `${file} ${code}`);
}

Deno.test("readQueue() is empty for a missing folder and orders by number", () =>
  inRepo(async (paths) => {
    await put(paths, "TICKET-010.md", ticket());
    await put(paths, "ticket-002-b.MD", ticket("title: Two\n"));
    await put(paths, "TICKET-1000.md", ticket());
    await put(paths, "AGENTS.md", "notes");
    await put(paths, ".car-0000.tmp", "x");
    await put(paths, "picture.png", "x");
    const queue = await readQueue(paths, { agents: AGENTS });
    assert.deepEqual(queue.problems, []);
    assert.deepEqual(queue.tickets.map((it) => [it.number, it.title, it.id]), [
      [2, "Two", "tkt_auto_002"],
      [10, null, "tkt_auto_010"],
      [1000, null, "tkt_auto_1000"],
    ]);
    const nowhere = { ...paths, tickets: `${paths.root}/no` };
    assert.deepEqual(await readQueue(nowhere, { agents: AGENTS }), { tickets: [], problems: [] });
  }));

Deno.test("readQueue() answers anything in a ticket's place and changes nothing", () =>
  inRepo(async (paths) => {
    const at = (number: number) => `${paths.tickets}/TICKET-${String(number).padStart(3, "0")}.md`;
    await Deno.mkdir(at(1));
    await new Deno.Command("mkfifo", { args: [at(2)] }).output();
    await Deno.symlink("/dev/zero", at(3));
    await Deno.symlink("/etc/hostname", at(4));
    await Deno.symlink(at(5), at(5));
    await Deno.symlink("nothing", at(6));
    await Deno.writeTextFile(`${paths.root}/inside.md`, ticket("title: inside\n"));
    await Deno.symlink("../../inside.md", at(7));
    await put(
      paths,
      "TICKET-008.md",
      new Uint8Array([...new TextEncoder().encode(ticket()), 0xff]),
    );
    await put(paths, "TICKET-009.md", ticket() + "x".repeat(1024 * 1024));
    await using _socket = {
      listener: Deno.listen({ transport: "unix", path: at(10) }),
      async [Symbol.asyncDispose]() {
        this.listener.close();
        await Promise.resolve();
      },
    };
    const name = `TICKET-011-$(x)"\\${"x".repeat(230)}.md`;
    await put(paths, name, ticket());
    await put(paths, "TICKET-012-a\nb.md", ticket());
    await put(paths, "notes.md", "notes");
    const folder = new TicketFolder(paths);
    const queue = await folder.read({ agents: AGENTS });
    assert.deepEqual(queue.tickets.map((it) => it.number), [7, 11]);
    assert.deepEqual(queue.problems.map(({ file, code }) => `${file} ${code}`), [
      "TICKET-001.md not_a_file",
      "TICKET-002.md not_a_file",
      "TICKET-003.md link_outside",
      "TICKET-004.md link_outside",
      "TICKET-005.md link_broken",
      "TICKET-006.md link_broken",
      "TICKET-008.md not_utf8",
      "TICKET-009.md too_large",
      "TICKET-010.md not_a_file",
      "TICKET-012-a\nb.md name",
      "notes.md name",
    ]);
    for (const { message } of queue.problems) assert.doesNotMatch(message, /\n|undefined/);
  }));

Deno.test("readQueue() refuses a ticket folder that leads out of the repo", () =>
  inRepo(async (paths) => {
    await Deno.remove(paths.tickets);
    await Deno.symlink("/usr", paths.tickets);
    const { problems } = await readQueue(paths, { agents: AGENTS });
    assert.match(problems[0]?.message ?? "", /leads out of the repo/);
  }));

Deno.test("readQueue() says how many names it cannot read", () =>
  inRepo(async (paths) => {
    await put(paths, "TICKET-001.md", ticket());
    const countNames = () => Promise.resolve(3);
    const { problems } = await readQueue(paths, { agents: AGENTS, countNames });
    assert.match(problems[0]?.message ?? "", /^There are 2 files .* not UTF-8/);
  }));

Deno.test("readQueue() complains about context that is a link out of the repo", () =>
  inRepo(async (paths) => {
    await Deno.symlink("/etc", `${paths.root}/etc`);
    await put(
      paths,
      "TICKET-001.md",
      ticket("context:\n  - path: etc/hostname\n  - path: not/yet\n"),
    );
    const { problems } = await readQueue(paths, { agents: AGENTS });
    assert.deepEqual(problems.map(({ code, line }) => [code, line]), [["context_path", 5]]);
  }));

Deno.test("TicketFolder sees every change, also of the same length at once, and keeps what stays", () =>
  inRepo(async (paths) => {
    const folder = new TicketFolder(paths);
    const read = () => folder.read({ agents: AGENTS });
    const titles = async () => (await read()).tickets.map((it) => it.title);
    await put(paths, "TICKET-001.md", ticket("title: A\n"));
    await put(paths, "TICKET-002.md", ticket("title: B\n"));
    assert.deepEqual(await titles(), ["A", "B"]);
    for (const title of ["C", "D", "E", "F"]) {
      await put(paths, "TICKET-001.md", ticket(`title: ${title}\n`));
      assert.deepEqual(await titles(), [title, "B"]);
    }
    await Deno.remove(`${paths.tickets}/TICKET-002.md`);
    assert.deepEqual(await titles(), ["F"]);
    const old = new Date(Date.now() - 60_000);
    await Deno.utime(`${paths.tickets}/TICKET-001.md`, old, old);
    await writeFileAtomic(`${paths.tickets}/TICKET-001.md`, ticket("title: G\n"));
    assert.deepEqual(await titles(), ["G"]);
  }));

Deno.test("TicketFolder gives the same queue while nothing changed", () =>
  inRepo(async (paths) => {
    let nowMs = Date.now() + 60_000;
    const clock = { now: () => nowMs++, elapsed: () => 0, sleep: () => Promise.resolve() };
    const folder = new TicketFolder(paths, clock);
    for (let n = 100; n < 150; n++) await put(paths, `TICKET-${n}.md`, ticket());
    const first = await folder.read({ agents: AGENTS });
    assert.equal(await folder.read({ agents: AGENTS }), first);
    const other = await folder.read({ agents: knownAgents(["shell"]) });
    assert.equal(other.problems.length, 50);
    await put(paths, "TICKET-100.md", ticket("title: new\n"));
    assert.notEqual(await folder.read({ agents: AGENTS }), first);
  }));

Deno.test("TicketFolder.contentHash() follows names and texts, and nothing else", () =>
  inRepo(async (paths) => {
    const folder = new TicketFolder(paths);
    const hash = () => folder.contentHash();
    assert.equal(await hash(), await hash());
    await put(paths, "TICKET-001.md", ticket("title: One\n"));
    await put(paths, "AGENTS.md", "notes");
    const first = await hash();
    await Deno.utime(`${paths.tickets}/TICKET-001.md`, 1, 1);
    assert.equal(await hash(), first);
    assert.equal(await new TicketFolder(paths).contentHash(), first);
    const seen = [first];
    const isNew = async (what: string) => {
      const now = await hash();
      assert.ok(!seen.includes(now), what);
      seen.push(now);
    };
    await put(paths, "TICKET-001.md", ticket("title: Two\n"));
    await isNew("another text of the same length");
    await put(paths, "AGENTS.md", "Notes");
    await isNew("a file that is no ticket");
    await put(paths, "TICKET-002.md", ticket());
    await isNew("another ticket");
    await Deno.rename(`${paths.tickets}/TICKET-002.md`, `${paths.tickets}/TICKET-003.md`);
    await isNew("another name");
    await Deno.remove(`${paths.tickets}/TICKET-003.md`);
    await put(paths, "AGENTS.md", "notes");
    await put(paths, "TICKET-001.md", ticket("title: One\n"));
    assert.equal(await hash(), first);
  }));

Deno.test("TicketFolder reads thousands of tickets", () =>
  inRepo(async (paths) => {
    const count = rounds(5_000);
    for (let n = 1; n <= count; n++) {
      Deno.writeTextFileSync(`${paths.tickets}/TICKET-${String(n).padStart(4, "0")}.md`, ticket());
    }
    const queue = await new TicketFolder(paths).read({ agents: AGENTS });
    assert.equal(queue.tickets.length, count);
    assert.deepEqual(queue.problems, []);
  }));

Deno.test("ensureTicketIds() writes missing ids into sound tickets only, once", () =>
  inRepo(async (paths) => {
    await put(paths, "TICKET-001.md", ticket().replaceAll("\n", "\r\n"));
    await put(paths, "TICKET-002.md", ticket("ticket_id: tkt_mine\n"));
    await put(paths, "TICKET-003.md", "no frontmatter");
    await put(paths, "TICKET-004.md", ticket("ticket_id: no!\n"));
    const folder = new TicketFolder(paths);
    const newHex = counter();
    assert.deepEqual(await ensureTicketIds(folder, newHex), [
      { name: "TICKET-001.md", id: "tkt_0000000000000001" },
    ]);
    assert.deepEqual(await ensureTicketIds(folder, newHex), []);
    const text = ticket("ticket_id: tkt_0000000000000001\n").replaceAll("\n", "\r\n");
    assert.equal(await get(paths, "TICKET-001.md"), text);
    assert.equal(await get(paths, "TICKET-003.md"), "no frontmatter");
  }));

Deno.test("createTicket() numbers behind the last and refuses a number that is taken", () =>
  inRepo(async (paths) => {
    const hex = "0".repeat(16);
    const draft = { agent: "codex", title: "Fix: the login", body: "Do it.\n" };
    assert.equal((await createTicket(paths, draft, hex)).name, "TICKET-001-fix-the-login.md");
    assert.equal(
      await get(paths, "TICKET-001-fix-the-login.md"),
      `---\nticket_id: tkt_${hex}\nagent: codex\ndone: false\ntitle: "Fix: the login"\n---\n\nDo it.\n`,
    );
    await put(paths, "TICKET-0009.md", ticket());
    const keys = { verify: ["deno test"], depends_on: [1] };
    const made = await createTicket(paths, { ...draft, title: null, keys }, "1".repeat(16));
    assert.equal(made.name, "TICKET-0010.md");
    await assert.rejects(createTicket(paths, { ...draft, number: 9 }, hex), { code: "conflict" });
    assert.deepEqual(await codes(paths), []);
  }));

Deno.test("setDone() and setTicketKey() write through a link inside the repo and keep it", () =>
  inRepo(async (paths) => {
    await Deno.writeTextFile(`${paths.root}/real.md`, ticket());
    await Deno.symlink("../../real.md", `${paths.tickets}/TICKET-001.md`);
    await setDone(paths, "TICKET-001.md", DONE);
    await setTicketKey(paths, "TICKET-001.md", "model", "big");
    assert.equal(
      await Deno.readTextFile(`${paths.root}/real.md`),
      ticket("model: big\n", DONE),
    );
    await setTicketKey(paths, "TICKET-001.md", "model", undefined);
    assert.equal(await get(paths, "TICKET-001.md"), ticket("", DONE));
    assert.ok((await Deno.lstat(`${paths.tickets}/TICKET-001.md`)).isSymlink);
    await assert.rejects(setDone(paths, "TICKET-009.md", DONE), { code: "not_found" });
  }));

Deno.test("findTicketName() takes numbers and names", () =>
  inRepo(async (paths) => {
    await put(paths, "TICKET-003-x.md", ticket());
    for (const asked of ["3", "003", "ticket-3", "TICKET-003-x.md"]) {
      assert.equal(await findTicketName(paths, asked), "TICKET-003-x.md");
    }
    await assert.rejects(findTicketName(paths, "4"), { code: "not_found" });
    await put(paths, "TICKET-0003.md", ticket());
    await assert.rejects(findTicketName(paths, "3"), { code: "conflict" });
  }));

Deno.test("removeTicket() keeps every removed ticket in the archive", () =>
  inRepo(async (paths) => {
    for (const text of ["one", "two"]) {
      await put(paths, "TICKET-001.md", text);
      await removeTicket(paths, "TICKET-001.md");
    }
    assert.deepEqual(listed(paths.archivedTickets), ["TICKET-001.2.md", "TICKET-001.md"]);
    assert.deepEqual(listed(paths.tickets), []);
    await assert.rejects(removeTicket(paths, "TICKET-001.md"), { code: "not_found" });
    await assert.rejects(removeTicket(paths, "../token"), { code: "not_found" });
  }));

Deno.test("planMove() changes as little as it can", () => {
  const rows = [
    [[1, 2, 3], 3, 9, [[3, 9]]],
    [[1, 2, 3, 4, 5], 5, 2, [[5, 2], [2, 3], [3, 4], [4, 5]]],
    [[1, 2, 4, 5], 5, 1, [[5, 1], [1, 2], [2, 3]]],
    [[1, 2, 3], 1, 3, [[1, 3], [3, 4]]],
    [[1, 2], 1, 1, []],
  ] as const;
  for (const [numbers, from, to, plan] of rows) {
    assert.deepEqual([...planMove(numbers, from, to)], plan);
  }
  assert.equal(renumbered("TICKET-002", new Map([[2, 13]])), "TICKET-013");
  assert.equal(renumbered("tkt_2", new Map([[2, 13]])), undefined);
});

Deno.test("moveTicket() renumbers, keeps suffixes and follows references byte for byte", () =>
  inRepo(async (paths) => {
    await put(paths, "TICKET-001-a.md", ticket("title: a\n"));
    await put(paths, "TICKET-002.md", ticket("title: b\n"));
    await put(paths, "TICKET-003.md", ticket("title: c\n"));
    const text = "depends_on:   # why\n  - 2   # b\n  - '003'\n";
    await put(paths, "TICKET-009-z.md", ticket(text));
    await moveTicket(paths, "TICKET-003.md", 1);
    assert.deepEqual(listed(paths.tickets), [
      "TICKET-001.md",
      "TICKET-002-a.md",
      "TICKET-003.md",
      "TICKET-009-z.md",
    ]);
    const titles = (await readQueue(paths, { agents: AGENTS })).tickets.map((it) => it.title);
    assert.deepEqual(titles, ["c", "a", "b", null]);
    const moved = text.replace("2   #", "3   #").replace("'003'", '"001"');
    assert.equal(await get(paths, "TICKET-009-z.md"), ticket(moved));
    await moveTicket(paths, "TICKET-009-z.md", 20);
    assert.equal(await get(paths, "TICKET-020-z.md"), ticket(moved));
    await assert.rejects(moveTicket(paths, "TICKET-020-z.md", -1), { code: "invalid" });
    await put(paths, "TICKET-0020.md", ticket());
    await assert.rejects(moveTicket(paths, "TICKET-001.md", 5), { code: "conflict" });
  }));

Deno.test("reorderTickets() shares out the numbers there are, and references follow", () =>
  inRepo(async (paths) => {
    await put(paths, "TICKET-001-a.md", ticket());
    await put(paths, "TICKET-004-b.md", ticket());
    await put(paths, "TICKET-007-c.md", ticket("depends_on: [4, TICKET-001]\n"));
    await put(paths, "TICKET-009-d.md", ticket());
    await reorderTickets(paths, ["TICKET-004-b.md", "TICKET-007-c.md", "TICKET-001-a.md"]);
    const names = listed(paths.tickets);
    assert.deepEqual(names, [
      "TICKET-001-b.md",
      "TICKET-004-c.md",
      "TICKET-007-a.md",
      "TICKET-009-d.md",
    ]);
    assert.match(await get(paths, "TICKET-004-c.md"), /depends_on: \[1, TICKET-007\]/);
    assert.deepEqual(await reorderTickets(paths, names), []);
    await assert.rejects(reorderTickets(paths, ["TICKET-002.md"]), { code: "not_found" });
    await assert.rejects(
      reorderTickets(paths, ["TICKET-001-b.md", "TICKET-001-b.md"]),
      { code: "invalid" },
    );
  }));

Deno.test("fixQueue() mends what is mechanical and leaves the rest", () =>
  inRepo(async (paths) => {
    await put(paths, "TICKET-001.md", "---\nagent: codex\ndone: 'no' # c\ntitle: a: b\n---\nx");
    await put(paths, "TICKET-002.md", "---\nagent: codex\ndone: maybe\n---\n");
    const fixes = await fixQueue(new TicketFolder(paths));
    assert.deepEqual(fixes.map(({ file, line, key }) => [file, line, key]), [
      ["TICKET-001.md", 4, "title"],
      ["TICKET-001.md", 3, "done"],
    ]);
    const mended = '---\nagent: codex\ndone: false # c\ntitle: "a: b"\n---\nx';
    assert.equal(await get(paths, "TICKET-001.md"), mended);
    assert.deepEqual(await codes(paths), ["TICKET-002.md done_unclear"]);
    assert.deepEqual(await fixQueue(new TicketFolder(paths)), []);
  }));

Deno.test("importTickets() takes all in behind the queue, or nothing", () =>
  inRepo(async (paths) => {
    await put(paths, "TICKET-007.md", ticket("ticket_id: tkt_taken\n"));
    const from = `${paths.root}/plan`;
    await Deno.mkdir(from);
    await Deno.writeTextFile(`${from}/TICKET-001-a.md`, ticket("ticket_id: tkt_taken\n"));
    await Deno.writeTextFile(`${from}/TICKET-005-b.md`, ticket("depends_on: [1, tkt_taken]\n"));
    await Deno.writeTextFile(`${from}/later idea.md`, "Just text.\n");
    const options = { agents: AGENTS, agent: null, newHex: counter() };
    const refused = await importTickets(paths, from, options);
    assert.ok(refused.type === "refused");
    assert.deepEqual(refused.problems.map(({ code }) => code), ["frontmatter_missing"]);
    assert.deepEqual(listed(paths.tickets), ["TICKET-007.md"]);
    const done = await importTickets(paths, from, {
      ...options,
      agent: "codex",
      newHex: counter(),
    });
    assert.deepEqual(done, {
      type: "imported",
      names: ["TICKET-008-a.md", "TICKET-009-b.md", "TICKET-010-later-idea.md"],
    });
    assert.deepEqual(await codes(paths), []);
    assert.match(await get(paths, "TICKET-009-b.md"), /^depends_on: \[8, tkt_[0-9a-f]{16}\]$/m);
    await assert.rejects(importTickets(paths, `${from}/no`, options), { code: "not_found" });
  }));
