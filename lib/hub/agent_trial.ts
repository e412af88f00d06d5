/**
 * One harmless turn of one agent, in an empty folder of its own: does it work at all? Needs neither a
 * run nor the repo's lock, and touches nothing of the repo.
 */

import type { ContainerBox } from "../adapters/container/box.ts";
import type { ProcessRoom } from "../adapters/process/room.ts";
import type { Clock } from "../base/clock.ts";
import { asCarError } from "../base/errors.ts";
import type { RepoConfig } from "../control/config.ts";
import { ensureDir, writeFileAtomic } from "../control/files.ts";
import { STATE_FOLDER } from "../control/roots.ts";
import { turnId } from "../engine/ids.ts";
import { type LimitSettings, NOTHING_SPENT } from "../engine/limits.ts";
import type { Agent, AgentThread, OpenOptions, Posture } from "../engine/ports.ts";
import type { TurnEvent } from "../engine/turn.ts";
import { AgentPool } from "./agents.ts";
import { withRepoRoom } from "./repo_room.ts";
import { fromFolder } from "./from_folder.ts";
import { openSettings, silenceOf } from "./settings.ts";
import {
  failed,
  type Failure,
  failureOf,
  judged,
  type Trial,
  TRIAL_WORD,
} from "./trial_verdict.ts";
import { runTurn, type TurnTold } from "./turn_runner.ts";
import { systemChance } from "./workplace.ts";

const TRIAL_PROMPT = `Answer with the word ${TRIAL_WORD}. Run no command and change nothing.`;
/** A cold model and a slow start together take less than this many seconds. */
export const TRIAL_SECONDS = 120;

export interface TrialOptions {
  readonly agent: string;
  /** The repo or folder whose config it is: relative programs and homes are found from there. */
  readonly root: string;
  readonly config: RepoConfig;
  /** CAR was started with --safe. */
  readonly safe: boolean;
  /** An existing folder that may be written in; null: the system's for temporary files. */
  readonly scratchIn: string | null;
  /** CAR's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Longest turn. */
  readonly seconds: number;
  /** Told before the prompt is sent. */
  readonly opened: (posture: Posture) => void;
  readonly remark: (text: string) => void;
  readonly sink: (event: TurnEvent) => void;
  /** Abort ends the turn politely. */
  readonly signal: AbortSignal;
}

/** Always ends: within the time limit and the stop ladder. Leaves no process and no file. */
export async function tryAgent(options: TrialOptions): Promise<Trial> {
  const { scratchIn } = options;
  const dir = scratchIn === null ? {} : { dir: scratchIn };
  const scratch = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-agent-", ...dir }));
  const place = { work: `${scratch}/work`, ticket: `${scratch}/ticket/TICKET-001.md` };
  try {
    await ensureDir(place.work);
    await ensureDir(`${scratch}/ticket`);
    await writeFileAtomic(place.ticket, TRIAL_TICKET);
    return await withRepoRoom(
      { ...options, root: scratch, from: options.root },
      (room, box) => tryIn(place, room, box, options),
    );
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** For the agent that works from the file. */
const TRIAL_TICKET = [
  "---",
  "ticket_id: tkt_0000000000000000",
  "agent: trial",
  "done: false",
  "---",
  TRIAL_PROMPT,
  "",
  "```sh",
  `echo ${TRIAL_WORD}`,
  "```",
  "",
].join("\n");

interface Scratch {
  /** Empty: where the agent works. */
  readonly work: string;
  readonly ticket: string;
}

async function tryIn(
  place: Scratch,
  room: ProcessRoom,
  box: ContainerBox | null,
  options: TrialOptions,
): Promise<Trial> {
  const { agent: name, environment, remark, clock } = options;
  const config = fromFolder(options.config, options.root);
  const pool = new AgentPool({
    root: place.work,
    config,
    room,
    environment,
    safe: options.safe,
    container: box?.destination ?? null,
    log: () => {},
    remark,
  });
  const startedMs = clock.elapsed();
  const seconds = () => Math.round(clock.elapsed() - startedMs) / 1000;
  try {
    const opened = await openHarmless(pool, config, options);
    const tried = { agent: name, posture: null, seconds: seconds(), usage: null };
    if ("kind" in opened) return failed(tried, opened);
    options.opened(opened.posture);
    const { told, said } = await oneTurn(place, room, pool, opened.thread, options);
    const ended = {
      agent: name,
      posture: opened.posture,
      seconds: seconds(),
      usage: told.usage,
    };
    const failure = failureOf(told, options.seconds, options.signal.aborted);
    if (failure !== null) return failed(ended, { ...await advice(pool, name), ...failure });
    return judged(ended, said, filesLeft(place.work));
  } finally {
    await pool.closeAll();
  }
}

/** An adapter may keep its own things in CAR's folder. */
const filesLeft = (folder: string): number =>
  [...Deno.readDirSync(folder)].filter(({ name }) => name !== STATE_FOLDER).length;

/** What the agent knows to be wrong without a turn, e.g. that nobody is logged in. */
async function advice(pool: AgentPool, name: string): Promise<Pick<Failure, "hint">> {
  const hint = await pool.get(name).facts().then((it) => it.hint, () => "");
  return hint === "" ? {} : { hint };
}

interface Opened {
  readonly thread: AgentThread;
  readonly posture: Posture;
}

/** Read-only where that can be had; an agent that only runs the trial's own `echo` needs it not. */
async function openHarmless(
  pool: AgentPool,
  config: RepoConfig,
  { agent: name, remark }: TrialOptions,
): Promise<Opened | Failure> {
  try {
    const agent = pool.get(name);
    const settings = openSettings(config, name, null);
    const refused = await pool.refusal(name, settings);
    if (refused !== null) return refused;
    const options = { ...settings, resume: null, title: "Trial" };
    const own = pool.posture(name);
    if (agent.kind === "shell") return await opened(agent, options, "yolo");
    return await opened(agent, options, "read-only").catch(async (thrown) => {
      const instead = await opened(agent, options, own);
      remark(
        `${name} cannot be opened read-only (${asCarError(thrown).message}); ` +
          `it is tried in the posture ${own}, in an empty folder`,
      );
      return instead;
    });
  } catch (thrown) {
    const { message, hint } = asCarError(thrown);
    return { kind: "refused", message, ...(hint === undefined ? {} : { hint }) };
  }
}

async function opened(
  agent: Agent,
  options: Omit<OpenOptions, "posture">,
  posture: Posture,
): Promise<Opened> {
  return { thread: await agent.open({ ...options, posture }), posture };
}

/** Only the time counts. */
const NO_LIMITS: LimitSettings = {
  softShare: 1,
  turnTokens: null,
  turnMinutes: null,
  ticketTurns: null,
  ticketMinutes: null,
  ticketTokens: null,
  runTurns: null,
  runMinutes: null,
  runTokens: null,
  sameToolCalls: null,
};

async function oneTurn(
  place: Scratch,
  room: ProcessRoom,
  pool: AgentPool,
  thread: AgentThread,
  options: TrialOptions,
): Promise<{ told: TurnTold; said: string }> {
  const { clock, config, seconds, agent: name } = options;
  const id = turnId(systemChance.hex());
  const said: string[] = [];
  const told = await runTurn(
    thread,
    { turnId: id, prompt: TRIAL_PROMPT, ticketPath: place.ticket, env: { CAR_TURN_ID: id } },
    {
      clock,
      secrets: pool.secrets,
      limits: NO_LIMITS,
      spent: NOTHING_SPENT,
      silence: silenceOf(config),
      turnSeconds: seconds,
      kill: async () => {
        await pool.get(name).kill();
        await room.sweepTurn(id);
      },
    },
    (event) => {
      if (event.type === "text") said.push(event.text);
      if (event.type === "tool_finished") said.push(event.output);
      options.sink(event);
    },
    options.signal,
  );
  await thread.close().catch(() => {});
  return { told, said: said.join("\n") };
}
