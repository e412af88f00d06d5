/** P29: pressure on the port does not stop the work: a CAR without descriptors left answers after relief. */

import assert from "node:assert/strict";
import { runShell } from "../support/car_shell.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { soon } from "../support/soon.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const DESCRIPTORS = 160;
const CONNECTIONS = 300;

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

forSourceAndBinary(
  `P29: ${CONNECTIONS} connections to a CAR with ${DESCRIPTORS} descriptors: it works and answers afterwards`,
  async (form) => {
    const ticket = ticketText({ agent: "shell", title: "One" }, shellBody("echo 1 > one.txt"));
    await using repo = await makeCarRepo({ tickets: [ticket], config: "version: 2\nmode: repo\n" });
    const port = freePort();
    const url = `http://127.0.0.1:${port}`;
    const script =
      `ulimit -n ${DESCRIPTORS}; echo $$ > "$HOME/pid"; car serve --quiet --port ${port}`;
    const serving = runShell(script, repo, { form });
    const healthy = () =>
      soon("it answers", async () => {
        const answer = await fetch(`${url}/health`).catch(() => null);
        return answer === null ? null : (await answer.json()).ok === true;
      });
    await healthy();
    const held: Deno.Conn[] = [];
    for (let count = 0; count < CONNECTIONS; count++) {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
      if (conn === null) break;
      held.push(conn);
    }
    for (const conn of held) conn.close();
    await healthy();
    const path = `${repo.cwd}/.codex-autorunner/token`;
    const token = (await Deno.readTextFile(path)).trim();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const started = await fetch(`${url}/api/run/start`, { method: "POST", headers, body: "{}" });
    assert.equal(started.status, 202, await started.text());
    await soon("the run is completed", async () => {
      const answer = await fetch(`${url}/api/state`, { headers });
      return (await answer.json()).status === "completed";
    });
    const { pid } = await (await fetch(`${url}/api/vitals`, { headers })).json();
    Deno.kill(pid, "SIGTERM");
    assert.equal((await serving).code, 0);
  },
);
