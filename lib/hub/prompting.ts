/** Gathers what a prompt is made of from the repo, and has it built. `car prompt show` uses the same. */

import { CarError } from "../base/errors.ts";
import type { RepoConfig } from "../control/config.ts";
import { CONTEXT_BYTES_MAX, readRequested } from "../control/contextspace.ts";
import { exists, readTextStrict } from "../control/files.ts";
import type { Journal } from "../control/journal.ts";
import { type StoredReply, takeReplies } from "../control/replies.ts";
import type { RunId, TurnId } from "../engine/ids.ts";
import { readNote } from "../engine/notes.ts";
import {
  buildPrompt,
  type BuiltPrompt,
  PROMPT_BYTES_MAX,
  type PromptInput,
} from "../engine/prompt.ts";
import type { CommitPolicy } from "../engine/prompt_rules.ts";
import type { Run, RunSettings, TurnMode } from "../engine/run.ts";
import type { Ticket } from "../engine/ticket.ts";
import { promptSources } from "./prompt_sources.ts";
import type { Workplace } from "./workplace.ts";

/** The part of a workplace that prompts are made from: no lock and no processes are needed. */
export type PromptPlace = Pick<Workplace, "root" | "paths" | "config" | "tickets">;

export interface PromptOrder {
  readonly ticket: Ticket;
  readonly mode: TurnMode;
  /** The agent still has the conversation. */
  readonly continues: boolean;
  readonly feedback: string | null;
  readonly lastText: string;
  readonly replies: readonly StoredReply[];
}

/** Longest frame that is read; the builder has its own limit and words. */
const FRAME_BYTES_MAX = 256 * 1024;

/** @throws {CarError} `invalid` when the person's frame (prompt.txt) cannot be used, with file and line. */
export async function assemblePrompt(
  place: PromptPlace,
  run: Pick<Run, "id" | "settings">,
  order: PromptOrder,
): Promise<Extract<BuiltPrompt, { ok: true }>> {
  const { paths, config } = place;
  const { ticket } = order;
  const folders = paths.run(run.id);
  const ticketPath = relative(paths.root, place.tickets.path(ticket));
  const sources = await promptSources(place);
  const built = buildPrompt({
    mode: order.mode,
    continues: order.continues,
    rules: {
      checks: checksOf(config, ticket),
      commit: commitPolicy(run.settings),
      queue: config.queue,
    },
    paths: [
      ["The repo", paths.root],
      ["This ticket", ticketPath],
      ...sources.landmarks.map(([what, path]) => [what, relative(paths.root, path)] as const),
      ["Message to a person", relative(paths.root, folders.dispatch)],
      ["Files for that message", relative(paths.root, folders.dispatchFiles)],
    ],
    replies: order.replies.map((reply) => ({
      number: reply.number,
      file: {
        path: relative(paths.root, reply.folder),
        text: reply.text,
      },
      attachments: reply.attachments,
    })),
    contextspace: sources.documents,
    context: [...sources.overview, ...requested(place, ticket)],
    feedback: order.feedback,
    ticket: {
      path: ticketPath,
      text: await place.tickets.text(ticket) ?? "",
    },
    lastText: order.lastText,
    frame: await readFrame(place),
    limits: {
      docBytesMax: config.prompt.doc_max_bytes,
      contextBytesMax: config.prompt.context_max_bytes,
      replyBytesMax: config.prompt.reply_max_bytes,
      priorBytesMax: config.prompt.prev_run_max_chars,
      totalBytesMax: PROMPT_BYTES_MAX,
    },
  });
  if (built.ok) return built;
  throw new CarError("invalid", `${built.file}:${built.line}: ${built.message}`, {
    hint: "Mend the frame, or take the file away to use CAR's own.",
  });
}

function requested({ paths }: PromptPlace, ticket: Ticket): PromptInput["context"] {
  const { files, missing } = readRequested(paths, ticket.context, CONTEXT_BYTES_MAX);
  const [first] = missing;
  if (first !== undefined) {
    throw new CarError("invalid", `${ticket.name} asks for a file it cannot have: ${first}`, {
      hint: 'Mend its "context", or put the file there.',
    });
  }
  return files.map((file, index) => ({
    file,
    bytesMax: ticket.context[index]?.maxBytes ?? null,
    problem: file.problem,
  }));
}

const relative = (root: string, path: string) =>
  path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;

const checksOf = (config: RepoConfig, ticket: Ticket): readonly string[] =>
  [...ticket.verify, ...config.gate.verify].map((check) => check.run);

function commitPolicy({ commit, requireCommit }: RunSettings): CommitPolicy {
  return requireCommit ? "agent" : commit;
}

async function readFrame(place: PromptPlace) {
  const { template } = place.config.prompt;
  const path = template.startsWith("/") ? template : `${place.root}/${template}`;
  if (!await exists(path)) return null;
  const { text } = await readTextStrict(path, { maxBytes: FRAME_BYTES_MAX });
  return { path: relative(place.root, path), text };
}

/** Replies that no earlier turn has told; a turn that is sent again tells its own again. */
export async function repliesToTell(
  place: Pick<Workplace, "paths" | "journal" | "clock">,
  run: Run,
  turn: TurnId,
): Promise<readonly StoredReply[]> {
  const told = toldUpTo(place.journal, run.id, turn);
  return await takeReplies(place.paths.run(run.id), told, place.clock.now());
}

/** Number of the newest reply that a turn has told, `but` for this one; 0 when none has. */
export function toldUpTo(journal: Journal, run: RunId, but: TurnId | null): number {
  const sent = journal.events({ run, types: ["prompt_sent"] });
  return sent.reduce((highest, event) => {
    const note = readNote(event.type, event.body);
    if (note?.type !== "prompt_sent" || event.turn === but) return highest;
    return Math.max(highest, note.body.repliesUpTo);
  }, 0);
}
