import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import { writeFileAtomic } from "./files.ts";
import { type HubState, readHubState, type SavedRepo, writeHubState } from "./hub_state.ts";
import { rounds } from "../../tests/support/rounds.ts";

const NOW = Date.UTC(2026, 10, 21, 8);
const NOTHING: HubState = { lastScanMs: null, repos: [] };

const REPO: SavedRepo = {
  id: "a",
  path: "a",
  displayName: "The A",
  status: "IDLE",
  reason: "It rests.",
  initError: null,
  sinceMs: NOW - 5,
  lastRun: { id: "run-0001", status: "completed", startedMs: NOW - 9, endedMs: NOW - 5 },
  done: 1,
  total: 2,
  dirty: false,
  attention: 3,
  lastActivityMs: NOW,
};

async function withHub(work: (root: string, file: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/.codex-autorunner`);
    await work(root, `${root}/.codex-autorunner/hub_state.json`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("readHubState() gives back what writeHubState() was given", () =>
  withHub(async (root, file) => {
    assert.deepEqual(await readHubState(root, NOW), { state: NOTHING, setAside: null });
    const bare: SavedRepo = {
      ...REPO,
      id: "b",
      sinceMs: null,
      lastRun: null,
      done: null,
      total: null,
      dirty: null,
      attention: 0,
      lastActivityMs: null,
      initError: "No room",
    };
    const state = { lastScanMs: NOW, repos: [REPO, bare] };
    await writeHubState(root, state);
    assert.deepEqual(await readHubState(root, NOW), { state, setAside: null });
    assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("readHubState() reads what an older CAR wrote", () =>
  withHub(async (root, file) => {
    const repo = {
      id: "a",
      path: "a",
      display_name: "a",
      enabled: true,
      exists_on_disk: true,
      status: "idle",
      lock_status: "unlocked",
      last_run_id: 3,
      last_run_exit_code: 0,
    };
    await writeFileAtomic(
      file,
      JSON.stringify({ last_scan_at: "2026-01-02T03:04:05Z", repos: [repo] }),
    );
    const { state, setAside } = await readHubState(root, NOW);
    assert.equal(setAside, null);
    assert.equal(state.lastScanMs, Date.UTC(2026, 0, 2, 3, 4, 5));
    assert.deepEqual([state.repos[0]?.status, state.repos[0]?.lastRun], ["IDLE", null]);
  }));

Deno.test("readHubState() sets a damaged file aside under its time, never two in one place", () =>
  withHub(async (root, file) => {
    const damaged = ["", "{", "[]", '{"repos": {}}', '{"version":"x","repos":[]}', "\u0000"];
    for (const [count, text] of damaged.entries()) {
      await writeFileAtomic(file, text);
      const { state, setAside } = await readHubState(root, NOW);
      assert.deepEqual(state, NOTHING, text);
      const name = `hub_state${count === 0 ? "" : `-${count + 1}`}.json`;
      assert.equal(setAside, `.codex-autorunner/archive/damaged/2026-11-21T08-00-00Z/${name}`);
      assert.equal(await Deno.readTextFile(`${root}/${setAside}`), text);
      assert.deepEqual(await readHubState(root, NOW), { state: NOTHING, setAside: null });
    }
    await Deno.mkdir(file);
    assert.notEqual((await readHubState(root, NOW)).setAside, null);
  }));

Deno.test("readHubState() leaves a newer file where it is and entries out that name no repo", () =>
  withHub(async (root, file) => {
    const newer = '{"version":2,"repos":[{"id":"a","path":"a"}]}';
    await writeFileAtomic(file, newer);
    assert.deepEqual(await readHubState(root, NOW), { state: NOTHING, setAside: null });
    assert.equal(await Deno.readTextFile(file), newer);
    await writeFileAtomic(file, '{"repos":[7,null,{"id":"a"},{"id":"b","path":"b","done":-1}]}');
    const { state } = await readHubState(root, NOW);
    assert.deepEqual(state.repos.map((repo) => [repo.id, repo.done]), [["b", null]]);
  }));

const SEED = 20_261_121;
const ROUNDS = rounds(300);

Deno.test("readHubState() never throws whatever the file holds", () =>
  withHub(async (root, file) => {
    const random = randoms(SEED);
    await writeHubState(root, { lastScanMs: NOW, repos: [REPO] });
    const whole = await Deno.readTextFile(file);
    for (let round = 0; round < ROUNDS; round++) {
      const at = Math.floor(random() * whole.length);
      const slip = pick(random, ["", "}", '"', ",", "null", "{", "7", "\u0000", "é"]);
      const text = whole.slice(0, at) + slip + whole.slice(at + Math.floor(random() * 9));
      await writeFileAtomic(file, text);
      const { state } = await readHubState(root, NOW);
      assert.ok(state.repos.length <= 1, `seed ${SEED}, round ${round}: ${text}`);
    }
  }));
