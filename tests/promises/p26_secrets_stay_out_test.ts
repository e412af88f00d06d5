/** P26: secrets reach no file, no stream and no answer, however an agent prints them. */

import assert from "node:assert/strict";
import { hubEnvironment, type HubFolder, makeHubFolder } from "../support/hub_folder.ts";
import { startCar } from "../support/car.ts";
import { soon } from "../support/soon.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const CANARY = "canary-7d1e5f0c9b3a48e2/86f4+a20c";
const AGENT_CANARY = "agent-canary-1f9a77c3e05b4d28";

interface Found {
  readonly holds: readonly string[];
  readonly open: readonly string[];
}

/** Where a person writes secrets, and the copy that a changed config is put back from. */
const CONFIGS = ["config.yml", "config.before_turn.yml"];

/** Files below a folder that hold one of the texts, and those that others may read. */
async function look(folder: string, texts: readonly string[]): Promise<Found> {
  const [holds, open]: [string[], string[]] = [[], []];
  const walk = async (path: string): Promise<void> => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
      const whole = `${path}/${name}`;
      if (isDirectory) await walk(whole);
      if (!isFile) continue;
      const bytes = new TextDecoder("latin1").decode(await Deno.readFile(whole));
      const found = texts.find((it) => bytes.includes(it));
      if (found !== undefined && !CONFIGS.includes(name)) {
        holds.push(
          `${whole}: ${bytes.slice(bytes.indexOf(found) - 80, bytes.indexOf(found) + 60)}`,
        );
      }
      if (
        /^token$|^config\.before_turn\.yml$|\.db$|\.sqlite3$/.test(name) &&
        ((await Deno.stat(whole)).mode ?? 0) & 0o077
      ) {
        open.push(whole);
      }
    }
  };
  await walk(folder);
  return { holds, open };
}

/** What a stream told of the output of tools, put together. */
const printedLive = (heard: string): string =>
  [...heard.matchAll(/^event: live\ndata: (.*)$/gm)].map(([, data = ""]) => {
    const { event } = JSON.parse(data);
    return event?.type === "tool_output" ? event.text : "";
  }).join("");

/** A ticket that prints what it should not, and fails. */
async function fill(hub: HubFolder, token: string): Promise<void> {
  await Deno.writeTextFile(`${hub.root}/key`, CANARY);
  await Deno.writeTextFile(`${hub.root}/agent-key`, AGENT_CANARY);
  await Deno.writeTextFile(`${hub.root}/car-key`, `${token}\n`);
  await hub.ticket(
    "alpha",
    1,
    [
      "k=$(cat ../key)",
      'echo "whole $k $(cat ../agent-key)"',
      'printf "%s" "$k" | head -c 15; sleep 0.1; printf "%s\\n" "$k" | tail -c +16',
      'printf "%s" "$k" | base64 -w 0; echo; printf "x%s" "$k" | base64 -w 0; echo',
      `printf '${encodeURIComponent(CANARY).replaceAll("%", "%%")}\\n'`,
      "cat ../car-key",
      'echo "on stderr $k" >&2',
      "exit 1",
    ].join("\n"),
  );
}

forSourceAndBinary(
  "P26: secrets of CAR and of an agent are in no state, no log, no stream and no answer",
  async (form) => {
    const config = `agents:\n  shell:\n    kind: shell\n    env: {DEPLOY_KEY: "${AGENT_CANARY}"}\n`;
    await using hub = await makeHubFolder({ repos: ["alpha"], config });
    const token = "car-canary-of-the-hub-0123456789abcdef";
    await fill(hub, token);
    const env = { ...hubEnvironment(hub.home), MY_SECRET: CANARY, CAR_SERVER__AUTH_TOKEN: token };
    await using car = startCar(["serve", "--port", "0", "--json"], {
      cwd: hub.root,
      home: hub.home,
    }, { form, env });
    const { url } = JSON.parse(await car.line(/"serving"/));
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      });
    const listening = new AbortController();
    const stream = await call("/repos/alpha/api/live?after=0", { signal: listening.signal });
    let heard = "";
    const hearing = (async () => {
      const text = stream.body?.pipeThrough(new TextDecoderStream()) ?? [];
      for await (const part of text) heard += part;
    })().catch(() => {});
    const started = await call("/hub/repos/alpha/run", { method: "POST", body: "{}" });
    assert.equal(started.status, 202, await started.text());
    await soon("the run has come to rest", async () => {
      const { status } = await (await call("/repos/alpha/api/state")).json();
      return status === "paused" || status === "failed";
    });
    await soon("the stream has heard it", () => Promise.resolve(heard.includes("on stderr")));
    listening.abort();
    await hearing;
    const answers: string[] = [];
    for (const path of ["state", "runs", "runs/run-0001", "logs", "inbox"]) {
      answers.push(await (await call(`/repos/alpha/api/${path}`)).text());
    }
    car.signal("SIGTERM");
    const { stdout, stderr } = await car.ended;
    const texts = [
      CANARY,
      AGENT_CANARY,
      encodeURIComponent(CANARY),
      btoa(CANARY).replace(/=+$/, "").slice(0, -2),
      btoa(`x${CANARY}`).replace(/=+$/, "").slice(4, -4),
    ];
    const printed = printedLive(heard);
    assert.match(printed, /on stderr \[redacted MY_SECRET\]/, printed);
    for (const it of [...texts, token]) {
      assert.ok(!printed.includes(it), `the stream has ${it} in pieces`);
      const place = heard.indexOf(it);
      const around = heard.slice(Math.max(0, place - 300), place + 100);
      assert.ok(place < 0, `the stream has ${it}: ${around}`);
      assert.equal(answers.find((answer) => answer.includes(it)), undefined, it);
    }
    for (const it of texts) assert.ok(!(stdout + stderr).includes(it), it);
    const states = [`${hub.root}/.codex-autorunner`, `${hub.repo("alpha")}/.codex-autorunner`];
    for (const state of states) {
      const { holds, open } = await look(state, [...texts, token]);
      assert.deepEqual(holds, []);
      assert.deepEqual(open, []);
    }
  },
);
