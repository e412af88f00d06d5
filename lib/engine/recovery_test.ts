import assert from "node:assert/strict";
import { pick, randoms } from "../../tests/support/random.ts";
import {
  AGENT_ERROR_POLICY,
  CRASH_WINDOW_MS,
  decideCrash,
  decideFailure,
  decideRecord,
} from "./recovery.ts";
import type { AgentErrorKind } from "./turn.ts";

const SETTINGS = { attemptsMax: 6, baseMs: 1000, maxMs: 60_000, jitter: 1 };
const KINDS = Object.keys(AGENT_ERROR_POLICY) as AgentErrorKind[];

Deno.test("decideFailure() does what the table says on the first and on the last attempt", () => {
  const table: Record<AgentErrorKind, [first: string, pausesAt: number | null]> = {
    auth: ["pause", 1],
    quota: ["park", null],
    overloaded: ["retry", 7],
    context_full: ["fresh_thread", 2],
    network: ["retry", 7],
    silent: ["retry", 3],
    timeout: ["retry", 2],
    crashed: ["retry", 3],
    protocol: ["retry", 3],
    refused: ["pause", 1],
  };
  for (const kind of KINDS) {
    const [first, pausesAt] = table[kind];
    const error = { kind, message: "words" };
    assert.equal(decideFailure(error, { attempts: 1 }, SETTINGS).type, first, kind);
    for (let attempts = 1; attempts <= 10; attempts++) {
      const type = decideFailure(error, { attempts }, SETTINGS).type;
      const expected = pausesAt !== null && attempts >= pausesAt ? "pause" : first;
      assert.equal(type, expected, `${kind} ${attempts}`);
    }
  }
});

Deno.test("decideFailure() doubles the wait and obeys the service", () => {
  const error = { kind: "overloaded", message: "" } as const;
  const delay = (attempts: number, retryAfterMs?: number) =>
    decideFailure(
      retryAfterMs === undefined ? error : { ...error, retryAfterMs },
      { attempts },
      { ...SETTINGS, jitter: 0 },
    );
  assert.deepEqual(delay(1), { type: "retry", delayMs: 500 });
  assert.deepEqual(delay(3), { type: "retry", delayMs: 2000 });
  assert.deepEqual(delay(1, 9000), { type: "retry", delayMs: 9000 });
});

Deno.test("decideFailure() names cause, count and cure when it gives up", () => {
  const what = decideFailure({ kind: "crashed", message: "exit 137" }, { attempts: 3 }, SETTINGS);
  assert.equal(what.type, "pause");
  if (what.type !== "pause") return;
  assert.equal(what.detail, "The agent's process ended: exit 137 (3 failed turns in a row)");
  assert.match(what.next, /car resume/);
});

Deno.test("decideFailure() hands on the reset time that the agent told", () => {
  const error = { kind: "quota", message: "", resetsAtMs: 5 } as const;
  assert.deepEqual(decideFailure(error, { attempts: 1 }, SETTINGS), { type: "park", untilMs: 5 });
  assert.deepEqual(decideFailure({ kind: "quota", message: "" }, { attempts: 9 }, SETTINGS), {
    type: "park",
    untilMs: null,
  });
});

Deno.test("decideFailure() ends every chain of failures but quota's, for 500 seeds", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = randoms(seed);
    let last: AgentErrorKind | null = null;
    let same = 0;
    let ended = false;
    for (let attempts = 1; attempts <= SETTINGS.attemptsMax + 1 && !ended; attempts++) {
      const kind = pick(random, KINDS.filter((it) => it !== "quota"));
      same = kind === last ? same + 1 : 1;
      last = kind;
      const history = { attempts, sameKindInARow: same };
      ended = decideFailure({ kind, message: "" }, history, SETTINGS).type === "pause";
    }
    assert.ok(ended, `seed ${seed}`);
  }
});

Deno.test("AGENT_ERROR_POLICY tells what it means and what to do next in every row", () => {
  for (const kind of KINDS) {
    const { means, next, action, attemptsMax } = AGENT_ERROR_POLICY[kind];
    assert.match(means, /^[A-Z].*[^.]$/, kind);
    assert.match(next, /^[A-Z].*car resume".$/, kind);
    assert.equal(action === "pause", Number(attemptsMax) === 0, kind);
  }
});

Deno.test("decideCrash() pauses at three in a row or three in ten minutes", () => {
  const now = 1_000_000_000;
  const old = now - CRASH_WINDOW_MS - 1;
  const table: [number[], number[], "go_on" | "pause"][] = [
    [[], [], "go_on"],
    [[now, now], [now, now], "go_on"],
    [[old, old, now], [now], "pause"],
    [[now], [now - 1, now - 2, now], "pause"],
    [[now], [old, now - 2, now], "go_on"],
    [[now], [now + 2 * CRASH_WINDOW_MS, now - 2, now], "go_on"],
  ];
  for (const [crashes, recent, type] of table) {
    const what = decideCrash(crashes, now, { limit: 3 }, recent);
    assert.equal(what.type, type, JSON.stringify([crashes, recent]));
  }
});

Deno.test("decideRecord() sends again only what never arrived, and checks a claim first", () => {
  const table = [
    [null, "resend"],
    [{ prompt: "absent" }, "resend"],
    [{ prompt: "unknown" }, "resend"],
    [{ prompt: "arrived", ended: false }, "continue"],
    [{ prompt: "arrived", ended: true }, "continue"],
  ] as const;
  for (const [record, answer] of table) {
    for (const ticketDone of [false, true]) {
      assert.equal(decideRecord(record, ticketDone), ticketDone ? "gate" : answer);
    }
  }
});
