/**
 * A talk on the terminal: lines go to the agent, also while it is busy, its answer is shown as it comes,
 * and what begins with `/` is a command to CAR.
 */

import { asCarError } from "../base/errors.ts";
import type { Thread } from "../control/thread_rows.ts";
import type { ThreadKey } from "../engine/thread.ts";
import { actor } from "./actor.ts";
import type { CallThreads } from "./call_threads.ts";
import { type Talk, TALK_COMMANDS } from "./chat_commands.ts";
import { chatScreen } from "./chat_screen.ts";
import type { Call } from "./command.ts";
import { listenForSignals } from "./signals.ts";

/** Two Ctrl-C within this time leave, in milliseconds. */
const TWICE_MS = 3_000;
const PROMPT = "> ";

/** Until the person leaves. @returns The exit code. */
export async function talk(call: Call, threads: CallThreads, first: Thread): Promise<number> {
  const { io, output } = call;
  const { desk } = threads;
  const left = Promise.withResolvers<void>();
  let reading = true;
  const show = (id: ThreadKey) => showing(call, threads, id, () => reading);
  let shown = show(first.id);
  const here: Talk = {
    call,
    threads,
    by: actor(call),
    thread: () => desk.get(shown.id),
    open: (thread) => {
      shown.close();
      shown = show(thread.id);
      greet(call, thread);
    },
    leave: left.resolve,
  };
  greet(call, first);
  const signals = listenForSignals(io.clock, onSignal(here));
  let going = true;
  void left.promise.then(() => going = false);
  const read = readLines(here, () => going).finally(() => reading = false);
  try {
    await Promise.race([left.promise, read]);
    // What was said last is still answered when the input has ended.
    if (!reading) await Promise.race([left.promise, desk.rested(shown.id)]);
  } finally {
    signals.close();
    shown.close();
  }
  output.say(`Go on with "car chat --thread ${shown.id}".`, "dim");
  going = false;
  // A read of a terminal cannot be taken back, and would keep the program alive.
  if (reading) void desk.close().then(() => io.quit(0));
  return 0;
}

function greet({ output }: Call, { id, agent, title, scope }: Thread): void {
  output.say(
    `${title === "" ? "A new thread" : title}: ${agent} in ${scope.root} (${id})`,
    "strong",
  );
  output.say("/help lists commands. Ctrl-C interrupts an answer, twice it leaves.", "dim");
}

/** Shows a thread from now on, and asks for the next line when the agent is done. */
function showing(
  call: Call,
  { desk }: CallThreads,
  id: ThreadKey,
  isReading: () => boolean,
) {
  const over = new AbortController();
  const screen = chatScreen(call);
  const after = desk.get(id).lastSeq;
  const show = async () => {
    for await (const update of desk.follow(id, { after, signal: over.signal })) {
      screen.show(update);
      if (update.type !== "event" || update.event.type !== "message") continue;
      if (isReading() && desk.get(id).status === "idle") call.io.stderr(PROMPT);
    }
  };
  void show().catch((thrown) => call.output.remark(asCarError(thrown).message));
  return {
    id,
    close: () => {
      over.abort();
      screen.close();
    },
  };
}

async function readLines(talk: Talk, goesOn: () => boolean): Promise<void> {
  const { io } = talk.call;
  while (goesOn()) {
    const isIdle = talk.thread().status === "idle";
    const line = await io.readLine(isIdle ? PROMPT : "");
    if (line === null) return;
    if (line.trim() === "") continue;
    try {
      if (goesOn()) await takeLine(talk, line.trim());
    } catch (thrown) {
      const { message, hint } = asCarError(thrown);
      talk.call.output.remark(hint === undefined ? message : `${message}. ${hint}`);
    }
  }
}

async function takeLine(talk: Talk, line: string): Promise<void> {
  const { threads: { desk }, by } = talk;
  if (line.startsWith("/")) {
    const [word = "", ...rest] = line.slice(1).split(/\s+/);
    const command = Object.hasOwn(TALK_COMMANDS, word) ? TALK_COMMANDS[word] : undefined;
    if (command !== undefined) return await command.run(talk, rest.join(" "));
    return talk.call.output.remark(`There is no /${word}; /help lists what there is`);
  }
  const { id, scope } = talk.thread();
  const asked = desk.inbox(scope.root).find((item) => item.thread === id);
  if (asked === undefined) {
    const sent = await desk.send(id, { text: line, by });
    const { running, queued } = desk.get(id);
    if (running !== null && running !== sent.id) {
      talk.call.output.say(`  waits its turn (${queued})`, "dim");
    }
    return;
  }
  const taken = desk.answer(asked.id, line, by);
  if (!taken.ok) talk.call.output.remark(`${taken.message}. ${taken.hint}`);
}

/** Once interrupts, twice leaves; a terminal that closes leaves at once. */
function onSignal(talk: Talk): Parameters<typeof listenForSignals>[1] {
  let lastMs = -Infinity;
  return (name) => {
    const { io, output } = talk.call;
    const nowMs = io.clock.elapsed();
    const twice = nowMs - lastMs < TWICE_MS;
    lastMs = nowMs;
    if (name !== "SIGINT" || twice) return talk.leave();
    const { id, status } = talk.thread();
    if (status === "running") talk.threads.desk.interrupt(id, talk.by);
    output.say("\nCtrl-C once more leaves.", "dim");
  };
}
