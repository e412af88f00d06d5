/** The chat threads of the place a command works in. */

import { CarError } from "../base/errors.ts";
import { isSafe } from "../base/permissions.ts";
import { closest } from "../base/suggest.ts";
import { inspectConfig } from "../control/config.ts";
import { orchestrationPaths } from "../control/orchestration.ts";
import { repoPaths } from "../control/roots.ts";
import type { Thread } from "../control/thread_rows.ts";
import type { Posture } from "../engine/ports.ts";
import { openThreadDesk } from "../hub/threads/desk.ts";
import { type ThreadHome, threadHome } from "../hub/threads/home.ts";
import {
  answerItem,
  threadInbox,
  type ThreadInboxItem,
  withThreadStore,
} from "../hub/threads/inbox.ts";
import type { Threads } from "../hub/threads/threads.ts";
import { actor } from "./actor.ts";
import type { Call } from "./command.ts";

export interface CallThreads {
  readonly desk: Threads;
  readonly home: ThreadHome;
}

/** Opens them, and closes them whatever the body does: an answer that is being given is then ended. */
export async function withThreads<T>(
  call: Call,
  body: (threads: CallThreads) => Promise<T>,
): Promise<T> {
  const { io, context, spec, output } = call;
  const { type, paths } = await context.either();
  const home = await threadHome({ type, root: paths.root }, io.environment());
  const desk = await openThreadDesk({
    home: home.home,
    mode: home.mode,
    clock: io.clock,
    environment: io.environment(),
    safe: isSafe(io.confinement),
    command: `car ${spec.path}`,
    destinationOf: home.destinationOf,
    remark: (text) => output.remark(text),
  });
  try {
    return await body({ desk, home });
  } finally {
    await desk.close();
  }
}

/** The thread a person names. @throws {CarError} `not_found`. */
export function namedThread({ desk, home }: CallThreads, name: string): Thread {
  if (name !== "last") return desk.get(name);
  const [newest] = desk.list({ root: home.scope.root, archived: false, limit: 1 });
  if (newest !== undefined) return newest;
  throw new CarError("not_found", "There is no thread here yet", {
    hint: 'Begin one with "car chat".',
  });
}

/** @throws {CarError} `not_found` for an agent the config does not know. */
export async function beginThread(
  call: Call,
  { desk, home }: CallThreads,
  asked: string | null,
): Promise<Thread> {
  const config = await configOf(call, home);
  const agent = asked ?? config.runner.default_agent;
  const names = Object.keys(config.agents);
  if (!names.includes(agent)) {
    const near = closest(agent, names);
    throw new CarError("not_found", `There is no agent "${agent}"`, {
      hint: `${near === undefined ? "" : `Did you mean "${near}"? `}` +
        `Configured are ${names.join(", ")}.`,
    });
  }
  return desk.create({
    scope: home.scope,
    agent,
    model: call.input.text("model"),
    // The row lets no other word through.
    posture: call.input.text("posture") as Posture | null,
    by: actor(call),
  });
}

/** A config with mistakes is told with the first message; the rest of it names the agents. */
async function configOf({ io }: Call, { home, scope }: ThreadHome) {
  const hub = scope.root === home ? {} : { hubRoot: home };
  return (await inspectConfig({ root: scope.root, env: io.environment(), ...hub })).config;
}

/** What agents of chat threads in this folder ask. */
export async function chatItems(
  { io }: Call,
  root: string,
): Promise<readonly ThreadInboxItem[]> {
  const paths = await pathsOf(root, io.environment());
  return await withThreadStore(paths, (store) => threadInbox(store, paths, root)) ?? [];
}

/** @throws {CarError} `not_found`, `usage`, and `conflict` when nobody waits any more. */
export async function answerChat(
  call: Call,
  item: string,
  words: string,
): Promise<void> {
  const { io } = call;
  const { type, paths } = await call.context.either();
  const given = { by: actor(call), atMs: io.clock.now() };
  const taken = await withThreadStore(
    type === "hub" ? orchestrationPaths(paths.state) : await pathsOf(paths.root, io.environment()),
    (store) => answerItem(store, item, words, given),
  );
  if (taken === null) throw new CarError("not_found", `No request ${item} waits for an answer`);
  if (!taken.ok) throw new CarError("conflict", taken.message, { hint: taken.hint });
}

async function pathsOf(root: string, environment: Readonly<Record<string, string>>) {
  const { home } = await threadHome({ type: "repo", root }, environment);
  return orchestrationPaths(repoPaths(home).state);
}
