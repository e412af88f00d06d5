/** car chat: one message and its answer, or a talk on the terminal. */

import { CarError } from "../../base/errors.ts";
import { byteSize } from "../../base/text.ts";
import type { Message } from "../../control/message_rows.ts";
import type { Thread } from "../../control/thread_rows.ts";
import type { ThreadUpdate } from "../../hub/threads/follow.ts";
import { MESSAGE_BYTES_MAX } from "../../hub/threads/threads.ts";
import { actor } from "../actor.ts";
import { beginThread, type CallThreads, namedThread, withThreads } from "../call_threads.ts";
import { chatScreen } from "../chat_screen.ts";
import { spentWords } from "../chat_lines.ts";
import { talk } from "../chat_talk.ts";
import type { Call } from "../command.ts";
import { listenForSignals, type SignalName } from "../signals.ts";

/** Exit codes of a command that a signal ended, as shells expect. */
const SIGNAL_EXITS: Readonly<Record<SignalName, number>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
};

export async function run(call: Call): Promise<number> {
  const { io, input } = call;
  const given = input.rest("message").join(" ");
  if (given === "" && io.isTerminal.in && !call.json) {
    return await withThreads(
      call,
      async (threads) => await talk(call, threads, await threadFor(call, threads)),
    );
  }
  const text = given === "" ? await fromPipe(call) : given;
  return await withThreads(call, async (threads) => {
    const thread = await threadFor(call, threads);
    return await sendOne(call, threads, thread, text);
  });
}

async function fromPipe({ io, json }: Call): Promise<string> {
  if (io.isTerminal.in) {
    throw new CarError("usage", `${json ? "--json" : "car chat"} needs a MESSAGE here`, {
      hint: 'For example: car chat --json "What does this repo do?"',
    });
  }
  const bytes = await io.readAll(MESSAGE_BYTES_MAX);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new CarError("invalid", `The ${byteSize(bytes.length)} on stdin are no UTF-8 text`, {
      cause: thrown,
    });
  }
}

/** The one that was named, else a new one. */
async function threadFor(call: Call, threads: CallThreads): Promise<Thread> {
  const { input } = call;
  const named = input.text("thread");
  if (named === null) return await beginThread(call, threads, input.text("agent"));
  for (const option of ["agent", "model", "posture"]) {
    if (input.text(option) === null) continue;
    throw new CarError("usage", `--${option} is for a new thread, and --thread names an old one`, {
      hint: "Leave one of the two out.",
    });
  }
  return namedThread(threads, named);
}

async function sendOne(
  call: Call,
  { desk }: CallThreads,
  thread: Thread,
  text: string,
): Promise<number> {
  const { io } = call;
  const by = actor(call);
  const sent = await desk.send(thread.id, { text, by });
  const over = new AbortController();
  let ended: SignalName | null = null;
  const signals = listenForSignals(io.clock, (name, count) => {
    ended = name;
    if (count > 1 || name !== "SIGINT") return over.abort();
    giveUp(() => desk.interrupt(thread.id, by), () => desk.cancel(thread.id, sent.id, by));
  });
  io.closed.addEventListener("abort", () => over.abort(), { once: true });
  const screen = chatScreen(call);
  try {
    const updates = desk.follow(thread.id, { after: thread.lastSeq, signal: over.signal });
    for await (const update of updates) {
      // Other messages of the thread are not this command's business.
      const about = update.type === "event" ? update.event.message : update.message;
      if (about !== sent.id) continue;
      screen.show(update);
      if (isEnd(update)) break;
    }
  } finally {
    over.abort();
    screen.close();
    signals.close();
  }
  const message = desk.message(thread.id, sent.id);
  tellEnd(call, message);
  if (ended !== null) return SIGNAL_EXITS[ended];
  return message.state === "done" ? 0 : 1;
}

/** The first that is allowed; that nothing is, is no matter. */
function giveUp(...ways: readonly (() => unknown)[]): void {
  for (const way of ways) {
    try {
      way();
      return;
    } catch (thrown) {
      if (!(thrown instanceof CarError)) throw thrown;
    }
  }
}

/** Whether it tells that a message has come to rest. */
const isEnd = (update: ThreadUpdate): boolean =>
  update.type === "event" && update.event.type === "message" &&
  update.event.body.state !== "queued" && update.event.body.state !== "running";

function tellEnd({ json, io, output }: Call, message: Message): void {
  const { thread, id, state, answer, usage, error, posture } = message;
  if (json) {
    output.jsonLine({ type: "answer", thread, message: id, state, posture, answer, usage, error });
    return;
  }
  if (!io.isTerminal.out && error !== null) output.remark(`${state}: ${error}`);
  const spent = spentWords(message);
  output.remark(
    `${thread}${spent === "" ? "" : `, ${spent}`}; go on with "car chat --thread ${thread}"`,
  );
}
