/** What Codex may ask of its client, as CAR's events, and CAR's answers in Codex's words. Pure. */

import { clipHead } from "../../base/text.ts";
import type { Answer, TurnEvent } from "../../engine/turn.ts";
import { SERVER_REQUESTS } from "./protocol.gen.ts";

/** What an approval keeps of its detail, as TurnEvent promises. */
const DETAIL_BYTES_MAX = 16 * 1024;

/** A question of the server that a person, or the posture, can answer. */
export interface Asked {
  readonly threadId: string;
  readonly itemId: string;
  /** Whether the posture may answer it; a question to a person it may not. */
  readonly isApproval: boolean;
  /** The question as an event, under CAR's own id. */
  event(requestId: string): TurnEvent;
  /** The result that goes back to Codex. */
  answer(answer: Answer): unknown;
}

type Name = keyof typeof SERVER_REQUESTS;

/** Codex's word for each answer. */
const DECISIONS = {
  yes: "accept",
  always: "acceptForSession",
  no: "decline",
  answers: "decline",
} as const satisfies Record<Answer["type"], string>;

const decide = (answer: Answer) => ({ decision: DECISIONS[answer.type] });
const lines = (...parts: (string | null | undefined)[]): string =>
  clipHead(parts.filter((part) => part).join("\n"), DETAIL_BYTES_MAX).text;

/**
 * The question behind a request, or undefined when CAR has no answer to its method.
 * @throws {Error} when the parameters are not those of the protocol.
 */
export function askedBy(method: string, params: unknown): Asked | undefined {
  if (!Object.hasOwn(SERVER_REQUESTS, method)) return undefined;
  const readers: Readonly<Record<string, (params: unknown) => Asked>> = READERS;
  return readers[method]?.(params);
}

function commandApproval(params: unknown): Asked {
  const asked = SERVER_REQUESTS["item/commandExecution/requestApproval"].parse(params);
  const title = asked.command ?? "a command";
  const where = asked.cwd ? `in ${asked.cwd}` : null;
  return {
    ...asked,
    isApproval: true,
    event: (requestId) => ({
      type: "approval",
      requestId,
      kind: "command",
      title,
      detail: lines(asked.command, where, asked.reason),
    }),
    answer: decide,
  };
}

function changeApproval(params: unknown): Asked {
  const asked = SERVER_REQUESTS["item/fileChange/requestApproval"].parse(params);
  const root = asked.grantRoot ? `asks to write below ${asked.grantRoot}` : null;
  return {
    ...asked,
    isApproval: true,
    // Codex sends no diff here; it stands in the item of the same id, just before.
    event: (requestId) => ({
      type: "approval",
      requestId,
      kind: "edit",
      title: "Edit files",
      detail: lines(asked.reason, root),
    }),
    answer: decide,
  };
}

function permissionApproval(params: unknown): Asked {
  const asked = SERVER_REQUESTS["item/permissions/requestApproval"].parse(params);
  return {
    ...asked,
    isApproval: true,
    event: (requestId) => ({
      type: "approval",
      requestId,
      kind: "other",
      title: "More permissions",
      detail: lines(asked.reason, JSON.stringify(asked.permissions)),
    }),
    answer: (answer) => ({
      permissions: answer.type === "yes" || answer.type === "always" ? asked.permissions : {},
      scope: answer.type === "always" ? "session" : "turn",
    }),
  };
}

function userQuestion(params: unknown): Asked {
  const asked = SERVER_REQUESTS["item/tool/requestUserInput"].parse(params);
  const questions = asked.questions.map((it) => ({
    id: it.id,
    text: it.question,
    choices: (it.options ?? []).map((option) => option.label),
  }));
  return {
    ...asked,
    isApproval: false,
    event: (requestId) => ({ type: "question", requestId, questions }),
    answer: (answer) => {
      const given = answer.type === "answers" ? Object.entries(answer.answers) : [];
      return { answers: Object.fromEntries(given.map(([id, answers]) => [id, { answers }])) };
    },
  };
}

const READERS = {
  "item/commandExecution/requestApproval": commandApproval,
  "item/fileChange/requestApproval": changeApproval,
  "item/permissions/requestApproval": permissionApproval,
  "item/tool/requestUserInput": userQuestion,
} as const satisfies Record<Name, (params: unknown) => Asked>;
