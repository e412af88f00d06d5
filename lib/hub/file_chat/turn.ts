/** One answer of a file chat: the agent is opened where the copy lies, asked, watched, and sent home. */

import { ProcessRoom } from "../../adapters/process/room.ts";
import type { Clock } from "../../base/clock.ts";
import { asCarError, CarError } from "../../base/errors.ts";
import { Approvals } from "../../control/approvals.ts";
import type { RepoConfig } from "../../control/config.ts";
import { type ApprovalPolicy, decideRequest } from "../../engine/approvals.ts";
import type { TurnId } from "../../engine/ids.ts";
import { threadId } from "../../engine/ids.ts";
import { type LimitSettings, NOTHING_SPENT } from "../../engine/limits.ts";
import type { Agent, AgentThread, OpenOptions, Posture } from "../../engine/ports.ts";
import type { Answer, TurnEvent } from "../../engine/turn.ts";
import { type AgentKind, AgentPool } from "../agents.ts";
import { requireApprovedPrograms } from "../approvals.ts";
import type { RepoDesk } from "../fleet/desk.ts";
import { fromFolder } from "../from_folder.ts";
import { boxFor } from "../repo_box.ts";
import type { Asked } from "../requests.ts";
import { openSettings, silenceOf } from "../settings.ts";
import { runTurn, type TurnTold } from "../turn_runner.ts";
import type { DraftPlace } from "./store.ts";
import type { Draft } from "./draft.ts";

export interface TurnAsk {
  readonly desk: RepoDesk;
  readonly config: RepoConfig;
  readonly draft: Draft;
  readonly place: DraftPlace;
  readonly turn: TurnId;
  /** The file of the ask, absolute. */
  readonly askPath: string;
  /** @param knows Whether the agent goes on in its own conversation. */
  readonly prompt: (knows: boolean) => string;
  readonly sink: (event: TurnEvent) => void;
  /** Abort ends the answer politely. */
  readonly signal: AbortSignal;
}

export interface TurnGround {
  readonly clock: Clock;
  /** CAR's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly safe: boolean;
  readonly openAgents?: (given: ConstructorParameters<typeof AgentPool>[0]) => AgentPool;
}

export interface TurnAnswer {
  readonly told: TurnTold;
  /** The agent's name of the conversation; null when it has told none. */
  readonly agentThread: string | null;
  /** What a person should know of how it was given. */
  readonly note: string | null;
}

/** Ends what a dead start of CAR left of a draft's answer. Only while holding the draft's lock. */
export async function endDead({ work }: DraftPlace, ground: TurnGround): Promise<void> {
  const room = openRoom(work, ground, null);
  try {
    await room.sweepDead();
  } finally {
    await room.close();
  }
}

type Box = Awaited<ReturnType<typeof boxFor>>;

const openRoom = (work: string, { clock, environment }: TurnGround, box: Box): ProcessRoom =>
  ProcessRoom.open({
    // Not the repo: no run takes these for its own.
    root: work,
    owner: crypto.randomUUID(),
    clock,
    environment,
    ...(box === null ? {} : { box }),
  });

/**
 * Always ends, and leaves no process.
 * @throws {CarError} when the agent cannot be asked at all.
 */
export async function giveTurn(ask: TurnAsk, ground: TurnGround): Promise<TurnAnswer> {
  const { desk, config, place } = ask;
  const { environment, safe } = ground;
  const { destination } = desk.row();
  const box = await boxFor({
    root: desk.paths.root,
    config,
    environment,
    ...(destination.kind === "local" ? {} : { destination }),
  });
  const room = openRoom(place.work, ground, box);
  const notes: string[] = [];
  const open = ground.openAgents ?? ((given) => new AgentPool(given));
  const agents = open({
    root: place.work,
    config: fromFolder(config, desk.paths.root),
    room,
    environment,
    safe,
    container: box?.destination ?? null,
    log: () => {},
    remark: (text) => void notes.push(text),
  });
  try {
    const posture = agents.posture(ask.draft.agent);
    await requireApprovedPrograms(new Approvals(desk.paths.root, environment), config, posture);
    await box?.prepare((spec, options) => room.run(spec, options));
    const opened = await openThread(agents, ask, posture, (text) => void notes.push(text));
    const told = await converse(ask, ground, room, agents, opened);
    const { id } = opened.thread;
    return {
      told,
      agentThread: id === "" ? null : id,
      note: notes.length === 0 ? null : notes.join(" "),
    };
  } finally {
    await agents.closeAll().catch(() => {});
    await room.close();
  }
}

/**
 * Kinds whose safe posture lets them write where they stand and nowhere else, or ask first, and still
 * read the repo. The shell agent would ask before each command, and an ACP agent could not look outside
 * of its folder.
 */
const KEEPS_TO_COPY: ReadonlySet<AgentKind> = new Set(["codex", "opencode"]);

interface Opened {
  readonly thread: AgentThread;
  readonly posture: Posture;
  /** Whether it is the conversation of the draft's earlier answers. */
  readonly knows: boolean;
}

async function openThread(
  agents: AgentPool,
  { config, draft }: TurnAsk,
  configured: Posture,
  remark: (text: string) => void,
): Promise<Opened> {
  const { agent: name, model } = draft;
  if (configured === "read-only") {
    throw new CarError(
      "conflict",
      `${name} may only read in this repo, so it can change no copy.`,
      {
        hint: `Ask another agent, or change agents.${name}.posture in the config.`,
      },
    );
  }
  const agent = agents.get(name);
  const settings = openSettings(config, name, null);
  const options = {
    ...settings,
    model: model ?? settings.model,
    resume: draft.agentThread === null ? null : threadId(draft.agentThread),
    title: `File chat: ${draft.path}`,
  };
  const refused = await agents.refusal(name, options);
  if (refused !== null) throw new CarError("invalid", refused.message);
  const kind = config.agents[name]?.kind;
  if (configured === "safe" || kind === undefined || !KEEPS_TO_COPY.has(kind)) {
    return await resumed(agent, options, configured);
  }
  try {
    return await resumed(agent, options, "safe");
  } catch (thrown) {
    const opened = await resumed(agent, options, configured);
    const why = asCarError(thrown).message.replace(/[.]$/, "");
    remark(
      `${name} could not be kept to the copy (${why}); it works in the posture ${configured}.`,
    );
    return opened;
  }
}

async function resumed(
  agent: Agent,
  options: Omit<OpenOptions, "posture">,
  posture: Posture,
): Promise<Opened> {
  const again = options.resume !== null;
  try {
    return { thread: await agent.open({ ...options, posture }), posture, knows: again };
  } catch (thrown) {
    if (!again || asCarError(thrown).code !== "conflict") throw thrown;
    // It cannot take up any earlier conversation.
    const thread = await agent.open({ ...options, posture, resume: null });
    return { thread, posture, knows: false };
  }
}

async function converse(
  ask: TurnAsk,
  { clock }: TurnGround,
  room: ProcessRoom,
  agents: AgentPool,
  { thread, knows }: Opened,
): Promise<TurnTold> {
  const { config, turn, place, draft, desk } = ask;
  const copy = `${place.work}/${draft.name}`;
  const input = {
    turnId: turn,
    prompt: ask.prompt(knows),
    ticketPath: ask.askPath,
    env: { CAR_TURN_ID: turn, CAR_FILE: copy, CAR_REPO: desk.paths.root },
  };
  const { chat, limits } = config;
  const watch = {
    clock,
    secrets: agents.secrets,
    limits: { ...NO_LIMITS, softShare: limits.soft_ratio, turnTokens: chat.answer_tokens },
    spent: NOTHING_SPENT,
    silence: silenceOf(config),
    turnSeconds: chat.answer_seconds,
    answer: (asked: Asked) =>
      Promise.resolve(answerTo(asked, config.approvals, { copy, root: desk.paths.root })),
    kill: async () => {
      await agents.get(draft.agent).kill();
      await room.sweepTurn(turn);
    },
  };
  try {
    return await runTurn(thread, input, watch, ask.sink, ask.signal);
  } finally {
    // The copy is read next: nothing may write it any more.
    await thread.close().catch(() => {});
    await room.sweepTurn(turn);
  }
}

/** Absolute. */
export interface CopyPaths {
  readonly copy: string;
  /** The repo. */
  readonly root: string;
}

/**
 * What an agent may do that asks: nobody sits beside a file chat to be asked. The config's rules first,
 * then looking, then an edit that names the copy.
 */
export function answerTo(
  asked: Asked,
  policy: ApprovalPolicy,
  { copy, root }: CopyPaths,
): Answer {
  if (asked.type === "question") return { type: "no", reason: "Put the question into your answer" };
  const decision = decideRequest(policy, asked);
  if (decision.type === "allow") return { type: "yes" };
  if (decision.type === "deny") {
    return { type: "no", reason: `The config denies this (approvals.deny "${decision.rule}")` };
  }
  if (asked.kind === "read" || asked.kind === "search") return { type: "yes" };
  const words = `${asked.title}\n${asked.detail}`;
  const name = copy.slice(copy.lastIndexOf("/") + 1);
  // By its name alone it is the one in the folder the agent stands in.
  const namesCopy = words.includes(copy) || (words.includes(name) && !words.includes(`${root}/`));
  if (asked.kind === "edit" && namesCopy) return { type: "yes" };
  return { type: "no", reason: `Only ${copy} may be changed` };
}

/** Only the time and tokens of one answer count. */
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
