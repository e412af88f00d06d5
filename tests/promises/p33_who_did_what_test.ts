/** P33: afterwards one can tell who did what: a line for every call that may change something. */

import assert from "node:assert/strict";
import { openServedRepo } from "../support/served.ts";

const ACTIONS = 100;

interface Line {
  readonly at: string;
  readonly by: string | null;
  readonly from: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly requestId: string;
}

/** What a day brings, done and refused: method, path, body. */
const DAY: readonly (readonly [string, string, unknown])[] = [
  ["POST", "/api/tickets", { title: "A ticket\nby: nobody" }],
  ["POST", "/api/tickets", { title: "" }],
  ["POST", "/api/run/start", { agent: "nobody" }],
  ["POST", "/api/run/stop", {}],
  ["POST", "/api/run/kill", {}],
  ["DELETE", "/api/tickets/999", {}],
  ["POST", "/api/ws-ticket", { path: "/api/terminal" }],
  ["POST", "/api/nothing", {}],
  ["POST", "/api/tickets/1%0A%7B%22by%22:%22forged%22%7D/done", {}],
  ["PUT", "/api/nothing%0d%0aforged", {}],
];

Deno.test(`P33: ${ACTIONS} actions leave ${ACTIONS} lines with who, from where, what and how it ended`, async () => {
  await using site = await openServedRepo();
  const done: { readonly requestId: string; readonly method: string; readonly status: number }[] =
    [];
  for (let at = 0; at < ACTIONS; at++) {
    const [method, path, body] = DAY[at % DAY.length] ?? ["POST", "/", {}];
    const answer = await site.call(path, {
      method,
      headers: { "content-type": "application/json", "x-car-by": `cli:person-${at % 3}` },
      body: JSON.stringify(body),
    });
    await answer.body?.cancel();
    const requestId = answer.headers.get("x-request-id") ?? "";
    done.push({ requestId, method, status: answer.status });
  }
  const stranger = await fetch(`${site.serving.url}/api/run/start`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  await stranger.body?.cancel();
  const text = await Deno.readTextFile(`${site.root}/.codex-autorunner/audit.log`);
  const lines: readonly Line[] = text.trimEnd().split("\n").map((it) => JSON.parse(it));
  assert.equal(lines.length, ACTIONS + 1);
  for (const [at, { requestId, method, status }] of done.entries()) {
    const line = lines[at];
    assert.deepEqual(
      [line?.requestId, line?.method, line?.status, line?.by],
      [requestId, method, status, `cli:person-${at % 3}`],
    );
    assert.match(line?.from ?? "", /^127\.0\.0\.1$|^::1$/);
    assert.ok(Date.parse(line?.at ?? "") > 0);
  }
  assert.deepEqual([lines.at(-1)?.by, lines.at(-1)?.status], [null, 401]);
  assert.ok(new Set(done.map((it) => it.status)).size > 2, "done and refused");
});
