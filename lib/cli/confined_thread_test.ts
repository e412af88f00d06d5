import assert from "node:assert/strict";
import { UNCONFINED } from "../base/permissions.ts";
import type { Begin } from "./confined_messages.ts";
import { EXIT_BUG, followThread } from "./confined_thread.ts";

const BEGIN: Begin = {
  argv: ["status"],
  cwd: "/",
  confinement: UNCONFINED,
  names: [],
  self: { pid: 1, start: "1", boot: "b" },
};

/** What a thread of this code leads to: the exit code, and what was done and told, in order. */
async function follow(code: string): Promise<{ exit: number; story: readonly string[] }> {
  const story: string[] = [];
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
  const exit = await followThread(worker, BEGIN, {
    giveUp: () => story.push("gave up"),
    tell: (text) => story.push(text.trim()),
  });
  return { exit, story };
}

const READY = "postMessage({ type: 'ready' });";

Deno.test("followThread() gives up its permissions first, then ends as the thread does", async () => {
  for (const code of [0, 1, 2, 3, 4, 129, 130, 143]) {
    const thread = `onmessage = ({ data }) =>
      postMessage({ type: "ended", code: data.argv[0] === "status" ? ${code} : 99 });`;
    assert.deepEqual(await follow(`${thread}${READY}`), { exit: code, story: ["gave up"] });
  }
});

Deno.test("followThread() ends with 70 and words at a fault that nothing caught", async () => {
  const faults = [
    `${READY} postMessage({ type: "crashed", message: "boom" });`,
    `addEventListener("unhandledrejection", (event) => {
       event.preventDefault();
       postMessage({ type: "crashed", message: event.reason.message });
     });
     ${READY} onmessage = () => void Promise.reject(new Error("boom"));`,
  ];
  for (const fault of faults) {
    const { exit, story } = await follow(fault);
    assert.equal(exit, EXIT_BUG);
    assert.match(story[1] ?? "", /^car: It stopped at a fault of its own: boom$/);
    assert.match(story[2] ?? "", /car doctor/);
  }
});
