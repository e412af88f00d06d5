import assert from "node:assert/strict";
import { systemClock } from "../base/clock.ts";
import { runId, turnId } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import { newRun } from "../engine/step.ts";
import type { Ticket } from "../engine/ticket.ts";
import { makeCarRepo, shellBody, ticketText } from "../../tests/support/car_repo.ts";
import { SETTINGS } from "../../tests/support/run_fixtures.ts";
import { noteBase, putBack } from "./guard.ts";
import { openSession } from "./session.ts";
import type { Workplace } from "./workplace.ts";

const TURN = turnId("1".repeat(16));
const CONFIG = 'mode: repo\nversion: 2\nagents: {shell: {kind: shell, env: {K: "kept-secret"}}}\n';
const OTHER = `${CONFIG}gate: {attempts: 99}\n`;

interface Bench {
  readonly run: Run;
  readonly ticket: Ticket;
  /** As CAR would have it in a new process. */
  opened<T>(body: (place: Workplace) => Promise<T>): Promise<T>;
  setConfig(text: string): Promise<void>;
  config(): Promise<string>;
  /** Every journal and copy, as it lies on the disk. */
  kept(): Promise<Readonly<Record<string, string>>>;
}

async function inRepo(body: (bench: Bench) => Promise<void>): Promise<void> {
  const text = ticketText({ title: "One", agent: "shell" }, shellBody("true"));
  await using repo = await makeCarRepo({ tickets: [text], config: CONFIG });
  const options = {
    clock: systemClock,
    environment: { PATH: "/usr/bin:/bin", HOME: repo.home },
    command: "a test",
    say: () => {},
  };
  const opened: Bench["opened"] = async (act) => {
    const session = await openSession(repo.cwd, options);
    try {
      return await act(session.place);
    } finally {
      await session.close();
    }
  };
  const state = `${repo.cwd}/.codex-autorunner`;
  const queue = await opened((place) => place.tickets.read());
  const [ticket] = queue.tickets;
  assert.ok(ticket);
  await body({
    run: newRun(runId(1), SETTINGS, 0),
    ticket,
    opened,
    setConfig: (config) => repo.write(".codex-autorunner/config.yml", config),
    config: () => repo.read(".codex-autorunner/config.yml"),
    async kept() {
      const found: Record<string, string> = {};
      for await (const { name, isFile } of Deno.readDir(state)) {
        if (!isFile || name === "config.yml") continue;
        found[name] = new TextDecoder("latin1").decode(await Deno.readFile(`${state}/${name}`));
      }
      return found;
    },
  });
}

Deno.test("noteBase() lets no secret of the config into the journal, and putBack() restores it", () =>
  inRepo(async ({ run, ticket, opened, setConfig, config, kept }) => {
    await opened((place) => noteBase(place, run, ticket, TURN, "tree"));
    const holding = Object.entries(await kept()).filter(([, text]) => text.includes("kept-secret"));
    assert.deepEqual(holding.map(([name]) => name), ["config.before_turn.yml"]);
    await setConfig(OTHER);
    const words = await opened((place) => putBack(place, run, ticket, TURN));
    assert.deepEqual(words, ["The agent changed CAR's config; CAR put it back"]);
    assert.equal(await config(), CONFIG);
    assert.deepEqual(await opened((place) => putBack(place, run, ticket, TURN)), []);
  }));

Deno.test("putBack() asks a person once where the copy of the config is not what it was", () =>
  inRepo(async ({ run, ticket, opened, setConfig, config }) => {
    await opened(async (place) => {
      await noteBase(place, run, ticket, TURN, "tree");
      await Deno.writeTextFile(place.paths.configCopy, OTHER);
    });
    await setConfig(OTHER);
    await opened(async (place) => {
      await assert.rejects(putBack(place, run, ticket, TURN), {
        code: "conflict",
        message: /so was the copy it could be put back from: .*config\.yml is not what it was/,
      });
      assert.deepEqual(await putBack(place, run, ticket, TURN), []);
    });
    assert.equal(await config(), OTHER);
  }));

Deno.test("putBack() reads the base of a turn that an older CAR began", () =>
  inRepo(async ({ run, ticket, opened, setConfig, config }) => {
    await opened(async ({ journal, tickets }) => {
      const body = {
        treeId: "tree",
        ticketText: await tickets.text(ticket),
        configText: CONFIG,
      };
      const owner = { run: run.id, turn: TURN, ticket: ticket.id, atMs: 0 };
      journal.note([{ ...owner, type: "turn_base", body }]);
    });
    await setConfig(OTHER);
    const words = await opened((place) => putBack(place, run, ticket, TURN));
    assert.deepEqual(words, ["The agent changed CAR's config; CAR put it back"]);
    assert.equal(await config(), CONFIG);
  }));
