/** P31: state that a newer CAR wrote is refused, in words, and not one byte of it changes. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { repoPaths } from "../../lib/control/roots.ts";
import { runCar } from "../support/car.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

async function hashOf(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

function markNewer(path: string): void {
  const db = new DatabaseSync(path);
  db.exec("pragma wal_checkpoint(truncate); pragma user_version = 99");
  db.close();
}

interface Newer {
  readonly name: string;
  /** Below the repo's state folder. */
  readonly file: string;
  readonly make: (path: string) => Promise<void> | void;
  readonly args: readonly string[];
  readonly says: RegExp;
}

const STATES: readonly Newer[] = [
  { name: "a journal", file: "flows.db", make: markNewer, args: ["run"], says: /newer car/ },
  {
    name: "a journal that is resumed",
    file: "flows.db",
    make: markNewer,
    args: ["resume"],
    says: /newer car/,
  },
  {
    name: "a config",
    file: "config.yml",
    make: (path) => Deno.writeTextFile(path, "version: 99\nmode: repo\n"),
    args: ["run"],
    says: /config\.yml:1: version.*99/,
  },
];

forSourceAndBinary("P31: what a newer CAR wrote is refused and stays as it is", async (form) => {
  for (const { name, file, make, args, says } of STATES) {
    const ticket = ticketText({ agent: "shell", title: "One" }, shellBody("echo 1 > one.txt"));
    await using repo = await makeCarRepo({ tickets: [ticket, ticket] });
    const first = await runCar(["once"], repo, { form });
    assert.equal(first.code, 0, first.stderr);
    const path = `${repoPaths(repo.cwd).state}/${file}`;
    await make(path);
    const before = await hashOf(path);
    const { code, stderr } = await runCar(args, repo, { form });
    assert.equal(code, 1, `${name}: ${stderr}`);
    assert.match(stderr, says, name);
    assert.doesNotMatch(stderr, /\n\s+at .*\.[jt]s:\d+/, name);
    assert.equal(await hashOf(path), before, `${name} was changed`);
  }
});

forSourceAndBinary("P31: the list of a newer hub is refused and stays as it is", async (form) => {
  await using repo = await makeCarRepo({ initialised: false, folder: "alpha" });
  const cwd = repo.cwd.slice(0, repo.cwd.lastIndexOf("/"));
  const place = { cwd, home: repo.home };
  assert.equal((await runCar(["init", "--mode", "hub"], place, { form })).code, 0);
  const manifest = `${cwd}/.codex-autorunner/manifest.yml`;
  await Deno.writeTextFile(manifest, "version: 99\nrepos: []\nnewThing: {a: 1}\n");
  const before = await hashOf(manifest);
  for (const args of [["hub", "scan"], ["hub", "disable", "alpha"], ["hub", "add", "alpha"]]) {
    const { code, stderr } = await runCar(args, place, { form });
    assert.equal(code, 1, args.join(" "));
    assert.match(stderr, /newer CAR/, args.join(" "));
    assert.equal(await hashOf(manifest), before, args.join(" "));
  }
});
