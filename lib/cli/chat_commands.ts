/** What a person may say to CAR itself in a talk, as a table. */

import { duration } from "../base/text.ts";
import type { Thread } from "../control/thread_rows.ts";
import { beginThread, type CallThreads, namedThread } from "./call_threads.ts";
import type { Call } from "./command.ts";

/** What the commands of a talk act on. */
export interface Talk {
  readonly call: Call;
  readonly threads: CallThreads;
  readonly by: string;
  /** The thread in hand, as it is now. */
  thread(): Thread;
  /** Goes on in another. */
  open(thread: Thread): void;
  leave(): void;
}

interface TalkCommand {
  /** What follows the word, as help prints it. */
  readonly takes: string;
  readonly summary: string;
  /** @throws {CarError} told to the person, who talks on. */
  readonly run: (talk: Talk, rest: string) => void | Promise<void>;
}

/** Threads that /threads lists. */
const LIST_MAX = 20;

export const TALK_COMMANDS: Readonly<Record<string, TalkCommand>> = {
  new: {
    takes: "[AGENT]",
    summary: "begin a new thread",
    run: async (talk, rest) =>
      talk.open(await beginThread(talk.call, talk.threads, rest === "" ? null : rest)),
  },
  threads: {
    takes: "",
    summary: "list the threads of this place",
    run: ({ call, threads: { desk, home } }) => {
      const now = call.io.clock.now();
      const found = desk.list({ root: home.scope.root, archived: false, limit: LIST_MAX });
      for (const { id, agent, updatedMs, title } of found) {
        call.output.line(`${id}  ${agent}, ${duration(now - updatedMs)} ago  ${title}`);
      }
    },
  },
  thread: {
    takes: "ID",
    summary: "go on in another thread",
    run: (talk, rest) => talk.open(namedThread(talk.threads, rest)),
  },
  rename: {
    takes: "TITLE",
    summary: "give this thread a title",
    run: ({ call, threads, thread, by }, rest) => {
      call.output.say(`Now: ${threads.desk.rename(thread().id, rest, by).title}`);
    },
  },
  interrupt: {
    takes: "",
    summary: "end the answer that is being given",
    run: ({ threads, thread, by }) => void threads.desk.interrupt(thread().id, by),
  },
  cancel: {
    takes: "",
    summary: "take back the message that was queued last",
    run: ({ call, threads: { desk }, thread, by }) => {
      const { id } = thread();
      const last = desk.messages(id).findLast(({ state }) => state === "queued");
      if (last === undefined) call.output.remark("No message waits");
      else desk.cancel(id, last.id, by);
    },
  },
  retry: {
    takes: "",
    summary: "send the last message again, when it failed or was interrupted",
    run: ({ call, threads: { desk }, thread, by }) => {
      const { id } = thread();
      const last = desk.messages(id).at(-1);
      if (last === undefined) call.output.remark("Nothing was said yet");
      else desk.retry(id, last.id, by);
    },
  },
  fork: {
    takes: "[TITLE]",
    summary: "go on in a copy of this thread, which stays as it is",
    run: async (talk, rest) => {
      const { desk } = talk.threads;
      const title = rest === "" ? undefined : rest;
      talk.open(await desk.fork(talk.thread().id, talk.by, title));
    },
  },
  archive: {
    takes: "",
    summary: "put this thread away and leave",
    run: ({ threads, thread, by, leave }) => {
      threads.desk.archive(thread().id, by);
      leave();
    },
  },
  help: {
    takes: "",
    summary: "print this",
    run: ({ call }) => {
      for (const [word, { takes, summary }] of Object.entries(TALK_COMMANDS)) {
        call.output.line(`  ${`/${word} ${takes}`.padEnd(18)} ${summary}`);
      }
    },
  },
  quit: { takes: "", summary: "leave; the thread is kept", run: ({ leave }) => leave() },
};
