/** One answer from the ask to the draft that comes of it, and the settling of one that CAR did not outlive. */

import { asCarError } from "../../base/errors.ts";
import { clipHead } from "../../base/text.ts";
import { readInside } from "../../control/inside_file.ts";
import type { RepoPaths } from "../../control/roots.ts";
import { problemLine } from "../../control/ticket_rules.ts";
import { turnId } from "../../engine/ids.ts";
import type { RepoDesk } from "../fleet/desk.ts";
import { judgeText } from "../ticket_desk.ts";
import type { TurnTold } from "../turn_runner.ts";
import { systemChance } from "../workplace.ts";
import {
  type Draft,
  DRAFT_BYTES_MAX,
  type DraftMessage,
  type DraftState,
  type DraftTexts,
  kindOf,
  MESSAGE_BYTES_MAX,
} from "./draft.ts";
import type { DraftNews } from "./progress.ts";
import { type AskFacts, askFile, askPrompt } from "./prompt.ts";
import { draftPlace, type DraftStore } from "./store.ts";
import { endDead, giveTurn, type TurnAnswer, type TurnGround } from "./turn.ts";

export interface DraftAnswering {
  readonly desk: RepoDesk;
  /** As it was saved with the ask. */
  readonly draft: DraftTexts;
  readonly message: string;
  readonly store: DraftStore;
  readonly news: DraftNews;
  /** Abort ends the answer politely. */
  readonly signal: AbortSignal;
  /** Who asked to end it; null for CAR itself. */
  readonly endedBy: () => string | null;
}

/** How an answer ended. */
type Ending = Pick<Draft, "error" | "note" | "agentThread"> & {
  readonly state: Exclude<DraftState, "running" | "idle">;
  /** Empty when the agent said nothing. */
  readonly said: string;
};

const CAR_ENDED = "CAR was ended during the answer.";

/**
 * Gives the answer and writes down what came of it. Only while holding the draft's lock.
 * @throws {CarError} when the disk says no.
 */
export async function answerDraft(answering: DraftAnswering, ground: TurnGround): Promise<void> {
  const { desk, draft, store } = answering;
  const ending = await ended(answering, ground);
  const { said, ...changes } = ending;
  const atMs = ground.clock.now();
  const answer: DraftMessage = {
    role: "agent",
    by: draft.agent,
    text: clipHead(said, MESSAGE_BYTES_MAX).text,
    atMs,
  };
  const messages = said.trim() === "" ? draft.messages : [...draft.messages, answer];
  await settle(store, desk.paths, { ...draft, ...changes, messages, updatedMs: atMs });
}

async function ended(answering: DraftAnswering, ground: TurnGround): Promise<Ending> {
  const { desk, draft, message, store, news, signal } = answering;
  const turn = turnId(systemChance.hex());
  const place = draftPlace(desk.paths, draft.id);
  try {
    const askPath = await store.writeAsk(desk.paths, draft.id, askFile(message));
    const facts = await factsOf(answering);
    news.begin(turn);
    const answer = await giveTurn({
      desk,
      config: await desk.config(),
      draft,
      place,
      turn,
      askPath,
      prompt: (knows) => askPrompt({ ...facts, earlier: knows ? [] : facts.earlier }),
      sink: (event) => news.take(event),
      signal,
    }, ground);
    return endingOf(answer, signal.aborted ? answering.endedBy() ?? "" : null);
  } catch (thrown) {
    const { message: words, hint } = asCarError(thrown);
    const error = hint === undefined ? words : `${words.replace(/[.]?$/, ".")} ${hint}`;
    const { agentThread } = draft;
    return { state: "failed", error, note: null, agentThread, said: "" };
  }
}

async function factsOf({ desk, draft, message }: DraftAnswering): Promise<AskFacts> {
  const { target, name, text } = draft;
  const kind = kindOf(target);
  const problems = kind === "ticket" ? (await judgeText(desk, name, text)).problems : [];
  return {
    kind,
    message,
    path: draft.path,
    copy: `${draftPlace(desk.paths, draft.id).work}/${name}`,
    root: desk.paths.root,
    earlier: draft.messages.slice(0, -1),
    problems: problems.map(problemLine),
  };
}

/** @param endedBy Null: nobody asked to end it; empty: CAR itself did. */
function endingOf({ told, agentThread, note }: TurnAnswer, endedBy: string | null): Ending {
  const shared = { note, agentThread, said: told.lastText };
  if (told.result === "completed") return { ...shared, state: "ready", error: null };
  if (told.limit !== null) return { ...shared, state: "failed", error: told.limit };
  if (endedBy !== null) {
    const error = endedBy === "" ? CAR_ENDED : `Interrupted by ${endedBy}.`;
    return { ...shared, state: "interrupted", error };
  }
  return { ...shared, state: "failed", error: wordsOf(told) };
}

const wordsOf = ({ error, result }: TurnTold): string =>
  error?.message ?? (result === "interrupted" ? "The agent ended early." : "The agent was lost.");

/**
 * Takes over what stands in the copy, and writes the draft down.
 * @param ended Its text is that before the turn.
 */
async function settle(store: DraftStore, paths: RepoPaths, ended: DraftTexts): Promise<DraftTexts> {
  const { work } = draftPlace(paths, ended.id);
  const copy = await readInside(work, ended.name, DRAFT_BYTES_MAX);
  const settled = copy.type === "text" ? withText(ended, copy.text) : {
    ...ended,
    state: "failed" as const,
    error: copy.type === "missing"
      ? "The agent took its copy of the file away; the draft is as it was before."
      : `The agent's copy cannot be used: ${copy.why}; the draft is as it was before.`,
  };
  await store.save(paths, settled);
  return settled;
}

function withText(ended: DraftTexts, text: string): DraftTexts {
  const state = ended.state === "ready" && text === ended.base ? "idle" : ended.state;
  return { ...ended, text, state };
}

/**
 * Settles a draft whose answer was being given when its CAR died: ends what is left of it, and keeps
 * what stands in the copy. Only while holding the draft's lock.
 */
export async function settleLeft(
  store: DraftStore,
  paths: RepoPaths,
  left: Draft,
  ground: TurnGround,
): Promise<Draft> {
  await endDead(draftPlace(paths, left.id), ground);
  const draft = await store.texts(paths, left);
  const updatedMs = ground.clock.now();
  return await settle(store, paths, {
    ...draft,
    state: "interrupted",
    error: CAR_ENDED,
    updatedMs,
  });
}
