/** P15: damaged state is set aside and named, never overwritten, never silently empty. */

import assert from "node:assert/strict";
import { type RepoPaths, repoPaths } from "../../lib/control/roots.ts";
import { type Arena, openArena } from "../support/arena.ts";

interface Mutilation {
  readonly name: string;
  readonly act: (paths: RepoPaths) => Promise<void>;
  /** Whether the history can be kept: only the witness was hurt. */
  readonly keeps?: true;
  /** Whether there is a file to set aside. */
  readonly nothingLeft?: true;
}

const spoil = async (path: string, at: number, bytes: number) => {
  using file = await Deno.open(path, { write: true });
  await file.seek(at, Deno.SeekMode.Start);
  await file.write(crypto.getRandomValues(new Uint8Array(bytes)));
};

const MUTILATIONS: readonly Mutilation[] = [
  { name: "flows.db is empty", act: (it) => Deno.truncate(it.journal, 0) },
  { name: "flows.db is gone", act: (it) => Deno.remove(it.journal), nothingLeft: true },
  { name: "flows.db is half", act: (it) => Deno.truncate(it.journal, 8_192) },
  { name: "flows.db has a spoilt header", act: (it) => spoil(it.journal, 0, 100) },
  { name: "flows.db has spoilt pages", act: (it) => spoil(it.journal, 4_096, 40_000) },
  {
    name: "flows.db is text",
    act: (it) => Deno.writeTextFile(it.journal, "not a database\n".repeat(99)),
  },
  { name: "meta.json is gone", act: (it) => Deno.remove(it.witness), keeps: true },
  {
    name: "meta.json is torn",
    act: (it) => Deno.writeTextFile(it.witness, '{"uuid": "'),
    keeps: true,
  },
];

async function ticketsOf(arena: Arena): Promise<string> {
  return await Deno.readTextFile(arena.repo.ticketPath(1)) +
    await Deno.readTextFile(arena.repo.ticketPath(2));
}

/** The last owner was killed, so that the file is looked at whole. */
async function leaveUnclean({ lock }: RepoPaths): Promise<void> {
  const text = await Deno.readTextFile(lock);
  await Deno.writeTextFile(lock, text.replace('"clean":true', '"clean":false'));
}

/** Not by assert: its picture of what differs takes gigabytes for a database. */
const isSame = (one: Uint8Array, other: Uint8Array | null): boolean =>
  one.length === other?.length && one.every((byte, at) => byte === other[at]);

for (const { name, act, keeps, nothingLeft } of MUTILATIONS) {
  Deno.test(`P15: ${name}: named, set aside, tickets untouched`, async () => {
    await using arena = await openArena({ tickets: 2, quiet: true });
    assert.equal((await arena.run(["run"])).code, 0);
    const paths = repoPaths(arena.repo.cwd);
    const tickets = await ticketsOf(arena);
    await leaveUnclean(paths);
    await act(paths);
    const hurt = await Deno.readFile(paths.journal).catch(() => null);

    const { code, stdout, stderr } = await arena.run(["run"]);
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await ticketsOf(arena), tickets);
    if (keeps) {
      assert.equal((await arena.run(["run", "replay", "1"])).code, 0, "the history is kept");
      return;
    }
    assert.match(stdout, /flows\.db/);
    const folder = /set aside in (\S.*?); a new journal/.exec(stdout)?.[1];
    assert.ok(folder, stdout);
    if (nothingLeft) return;
    assert.ok(isSame(await Deno.readFile(`${folder}/flows.db`), hurt), "kept byte for byte");
  });
}
