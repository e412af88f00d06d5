/**
 * Has a hub run a repo's queue, and tells what it does as a run of this process would. The steps come
 * from the journal, so none is lost when the stream breaks; the run after each is computed here.
 */

import { apiResponse } from "../base/api_call.ts";
import type { Clock } from "../base/clock.ts";
import { asCarError, CarError } from "../base/errors.ts";
import { SseReader } from "../base/sse_reader.ts";
import { exists } from "../control/files.ts";
import type { RepoPaths } from "../control/roots.ts";
import type { RunEvent } from "../engine/events.ts";
import { isLive, type Run } from "../engine/run.ts";
import { step } from "../engine/step.ts";
import type { LiveEvent, LiveListener } from "./live.ts";
import { type Reading, withReading } from "./reading.ts";
import type { RunRequest } from "./run_repo.ts";
import type { ServerClient } from "./server_client.ts";
import { type ServingHub, silent } from "./serving_hub.ts";

export interface ThroughHub {
  readonly hub: ServingHub;
  readonly paths: RepoPaths;
  readonly clock: Clock;
  readonly request: RunRequest;
  readonly say: LiveListener;
}

/** Between two looks whether the repo's folder is still there, in milliseconds. */
const GONE_LOOK_MS = 2_000;

/** How soon a broken stream is asked for again, in milliseconds. */
const AGAIN_MS = 200;

/**
 * @returns The run once it rests. `started` is called when the hub has it in hand.
 * @throws {CarError} as `startRun`; `locked` when the hub does not answer; `unavailable` when it is gone
 * before the run rests.
 */
export async function runThroughHub(
  options: ThroughHub,
  started: (run: string) => void,
): Promise<Run> {
  const { hub, paths, request } = options;
  using client = hub.client(request.by);
  const over = new AbortController();
  try {
    const before = await withReading(paths, pastOf);
    const following = new Following(options, before);
    // First the stream, then the start: nothing happens unseen.
    const first = await openStream(options, client, before.seq, over.signal);
    const id = await startThere(options, client);
    following.begins(id);
    started(id);
    return await following.toItsRest(client, first, over.signal);
  } finally {
    over.abort();
  }
}

interface Past {
  readonly seq: number;
  readonly run: Run | null;
}

const pastOf = ({ past }: Reading): Past => ({
  seq: past?.journal.highSeq() ?? 0,
  run: past?.journal.lastRun() ?? null,
});

async function openStream(
  { hub }: ThroughHub,
  client: ServerClient,
  after: number,
  signal: AbortSignal,
): Promise<Response> {
  const params = { id: hub.repo };
  try {
    return await apiResponse(client.options, "GET /repos/{id}/api/live", {
      params,
      query: { after },
      signal,
    });
  } catch (thrown) {
    if (asCarError(thrown).code === "unavailable" && hub.isUp()) throw silent(hub.root, thrown);
    throw thrown;
  }
}

/** @returns The run's id. */
async function startThere({ hub, request }: ThroughHub, client: ServerClient): Promise<string> {
  const { type, flags, allowDirty, wait } = request;
  const shared = { wait, ...(flags.agent === null ? {} : { agent: flags.agent }) };
  const tickets = flags.stopAfterTickets;
  const [path, body] = type === "resume"
    ? ["resume", { ...shared, once: tickets === 1 }]
    : ["start", {
      ...shared,
      allowDirty,
      ...(tickets === null ? {} : { stopAfterTickets: tickets }),
    }];
  const answer = await apiResponse(client.options, `POST /repos/{id}/api/run/${path}`, {
    params: { id: hub.repo },
    body,
  });
  const told: unknown = await answer.json();
  const id = fieldOf(fieldOf(told, "run"), "id");
  if (typeof id === "string") return id;
  throw new CarError("internal", "The hub did not say which run it started.");
}

/** Takes the stream in and keeps the run as it is after each step. */
class Following {
  readonly #options: ThroughHub;
  readonly #before: Past;
  #id = "";
  #run: Run | null = null;
  #hasMoved = false;
  #seq: number;

  constructor(options: ThroughHub, before: Past) {
    this.#options = options;
    this.#before = before;
    this.#seq = before.seq;
  }

  begins(id: string): void {
    this.#id = id;
    this.#run = this.#before.run?.id === id ? this.#before.run : null;
  }

  async toItsRest(client: ServerClient, first: Response, signal: AbortSignal): Promise<Run> {
    const { hub, clock } = this.#options;
    const gone = this.#untilGone(signal);
    for (let stream: Response | null = first;; stream = null) {
      const open = stream ??
        await openStream(this.#options, client, this.#seq, signal).catch(() => null);
      const rested = open === null ? null : await Promise.race([this.#read(open), gone]);
      if (rested !== null) return rested;
      if (!hub.isUp()) return await this.#leftBehind();
      await Promise.race([clock.sleep(AGAIN_MS, signal), gone]);
    }
  }

  /** A folder that was moved away takes the journal with it: nothing more would ever be told. */
  async #untilGone(signal: AbortSignal): Promise<never> {
    const { paths, clock } = this.#options;
    do await clock.sleep(GONE_LOOK_MS, signal); while (await exists(paths.state));
    throw new CarError(
      "not_found",
      `${paths.root} is gone while the hub works ${this.#id} in it.`,
      {
        hint: 'The run pauses there. Bring the folder back, then use "car resume".',
      },
    );
  }

  /** @returns The run at rest; null when the stream broke before. */
  async #read({ body }: Response): Promise<Run | null> {
    if (body === null) return null;
    const reader = new SseReader();
    const decoder = new TextDecoder();
    try {
      for await (const bytes of body) {
        for (const message of reader.push(decoder.decode(bytes, { stream: true }))) {
          await this.#take(message.type, JSON.parse(message.data));
          if (this.#run !== null && this.#hasMoved && this.#rests(this.#run)) return this.#run;
        }
      }
    } catch (thrown) {
      if (thrown instanceof CarError) throw thrown;
      // The connection is gone; it is asked for again.
    }
    return null;
  }

  async #take(type: string, data: unknown): Promise<void> {
    // What the hub sends is CAR's own: made of these very types.
    if (type === "live") this.#options.say(data as LiveEvent);
    if (type !== "journal") return;
    const event = data as {
      readonly seq: number;
      readonly run: string;
      readonly kind: "step" | "refused" | "note";
      readonly body: RunEvent;
    };
    this.#seq = event.seq;
    if (event.run !== this.#id || event.kind === "note") return;
    const run = this.#run ??= await this.#firstState();
    const refused = event.kind === "refused";
    const next = refused ? null : step(run, event.body);
    this.#run = next?.ok ? next.run : run;
    // A refused command of somebody else's may come before the run is set going.
    this.#hasMoved ||= next?.ok === true;
    this.#options.say({ type: "step", run: this.#run, event: event.body, seq: event.seq, refused });
  }

  /** Of a run that has only just been made. */
  async #firstState(): Promise<Run> {
    return await withReading(this.#options.paths, ({ past }) => {
      const run = past?.journal.runs(1).find((it) => it.run.id === this.#id)?.run;
      const first = run === undefined ? null : past?.journal.firstState(run.id) ?? null;
      if (first !== null) return first;
      throw new CarError("internal", `The hub's ${this.#id} is not in this repo's journal.`);
    });
  }

  /** At rest for good: one that waits for a time or a person, and is to wait, is not. */
  #rests(run: Run): boolean {
    if (isLive(run.status) || run.status === "pending") return false;
    if (run.status !== "paused") return true;
    return run.pause?.resumesAtMs === null && !this.#options.request.wait;
  }

  /** The hub is gone: the journal knows how far the run had come. */
  async #leftBehind(): Promise<Run> {
    const { run } = await withReading(this.#options.paths, pastOf);
    if (run !== null && this.#rests(run)) return run;
    throw new CarError("unavailable", `The hub ended while it worked ${this.#id}.`, {
      hint: 'Its next start goes on with it; "car resume" goes on at once, without the hub.',
    });
  }
}

const fieldOf = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null && Object.hasOwn(of, name)
    ? (of as Record<string, unknown>)[name]
    : undefined;
