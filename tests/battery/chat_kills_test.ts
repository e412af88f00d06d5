import assert from "node:assert/strict";
import { runCar } from "../support/car.ts";
import { type CarRepo, makeCarRepo } from "../support/car_repo.ts";
import { inParallel } from "../support/in_parallel.ts";

/** The two processors of the smallest machine, and one for the waits. */
const AT_ONCE = 3;

/** `deno task battery` tries every place, other runs every third: writing and written take turns. */
const STEP = Deno.env.get("CAR_KILLS") === undefined ? 3 : 1;

const plan = (how: string) => ({ CAR_TEST: "1", CAR_FAILPOINT: how });

const say = (repo: CarRepo, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCar(["chat", "--thread", "last", ...words], repo, { env });

/** A repo with a thread in it that has one answer. */
async function repoWithThread(): Promise<CarRepo> {
  const repo = await makeCarRepo();
  const begun = await runCar(["chat", "--agent", "shell", "echo begun >> said.txt"], repo);
  assert.equal(begun.code, 0, begun.stderr);
  return repo;
}

/** The last state of each message. */
async function states(repo: CarRepo): Promise<readonly string[]> {
  const { stdout } = await runCar(["chat", "show", "last", "--json"], repo);
  const last = new Map<string, string>();
  for (const line of stdout.trim().split("\n")) {
    const event = JSON.parse(line);
    if (event.event === "message") last.set(event.message, event.state);
  }
  return [...last.values()];
}

async function killAt(place: number): Promise<void> {
  await using repo = await repoWithThread();
  await say(repo, ["echo killed >> said.txt"], plan(`${place}:kill`));
  const after = await say(repo, ["echo after >> said.txt"]);
  assert.equal(after.code, 0, after.stdout + after.stderr);
  const said = (await repo.read("said.txt")).trim().split("\n");
  const count = (word: string) => said.filter((it) => it === word).length;
  assert.equal(count("after"), 1, said.join());
  assert.ok(count("killed") <= 1, `sent twice: ${said}`);
  const found = await states(repo);
  assert.ok(found.every((it) => it === "done" || it === "interrupted"), found.join());
  // What was told to be answered was done; what was done is not told to have waited for ever.
  if (found.length === 3 && found[1] === "done") assert.equal(count("killed"), 1);
}

Deno.test("kill -9 at every durable call of a chat: no message is lost, none is sent twice", async () => {
  await using repo = await repoWithThread();
  const log = `${repo.home}/places`;
  const counted = await say(repo, ["true"], { ...plan("0:count"), CAR_FAILPOINT_LOG: log });
  assert.equal(counted.code, 0, counted.stderr);
  const names = (await Deno.readTextFile(log)).trim().split("\n");
  assert.ok(names.length > 15, `only ${names.length} places: the failpoints are gone`);
  const failed: string[] = [];
  await inParallel(
    AT_ONCE,
    names.map((_, at) => at + 1).filter((it) => it % STEP === 0),
    async (place) => {
      await killAt(place).catch((thrown) =>
        failed.push(`${place} (${names[place - 1]}): ${thrown}`)
      );
    },
  );
  assert.equal(failed.length, 0, failed.join("\n"));
});
