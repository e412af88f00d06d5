/** P28: in safe mode the served API opens no terminal, and runs nothing that no person has approved. */

import assert from "node:assert/strict";
import { startCar } from "../support/car.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { soon } from "../support/soon.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

forSourceAndBinary(
  "P28: car --safe serve opens no terminal and runs no check nobody approved",
  async (form) => {
    const ticket = ticketText(
      { agent: "shell", title: "One", verify: ["touch escaped-by-check"] },
      shellBody("touch escaped-by-ticket"),
    );
    await using repo = await makeCarRepo({ tickets: [ticket], config: "version: 2\nmode: repo\n" });
    await using car = startCar(["--safe", "serve", "--port", "0", "--json"], repo, { form });
    const { url, address } = JSON.parse(await car.line(/"serving"/));
    const token = new URL(address).hash.slice("#t=".length);
    const call = async (path: string, method = "GET") => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(method === "GET" ? {} : { body: "{}" }),
      });
      return { status: answer.status, told: await answer.json() };
    };
    const terminal = await call("/api/sessions", "POST");
    assert.ok(terminal.status >= 400, JSON.stringify(terminal));
    const { told: sessions } = await call("/api/sessions");
    assert.deepEqual(sessions.terminals, []);
    assert.ok(sessions.refusal.message.length > 0);
    await call("/api/run/start", "POST");
    await soon("the run waits for a person or was refused", async () => {
      const { told } = await call("/api/state");
      return told.status !== "running";
    });
    for (const name of ["escaped-by-check", "escaped-by-ticket"]) {
      await assert.rejects(() => Deno.stat(`${repo.cwd}/${name}`), Deno.errors.NotFound);
    }
    car.signal("SIGTERM");
    assert.equal((await car.ended).code, 0);
  },
);
