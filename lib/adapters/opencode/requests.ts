/** What OpenCode may ask of its client, as CAR's events, and CAR's answers as calls. Pure. */

import { clipHead } from "../../base/text.ts";
import type { Answer, TurnEvent } from "../../engine/turn.ts";
import type { Call } from "./http.ts";
import { kindOf } from "./parts.ts";
import type { Permission, Question } from "./protocol.ts";

/** What an approval keeps of its detail, as TurnEvent promises. */
const DETAIL_BYTES_MAX = 16 * 1024;
/** Said to the agent when nobody gave a reason. A refusal without words would end the turn. */
const NO_REASON = "This was not allowed. Find another way, or say in your answer what you need.";
const NO_ANSWER = "No answer was given. Decide yourself, or say in your answer what you need.";

/** A request that a person, or the posture, can answer. */
export interface Asked {
  readonly id: string;
  /** Whether the posture may answer it; a question to a person it may not. */
  readonly isApproval: boolean;
  readonly event: TurnEvent;
  /** The call that answers it. */
  answer(answer: Answer): Call;
}

/**
 * OpenCode's word for each answer. It remembers `always` until its server ends, which is when CAR's
 * session of the repo does.
 */
const REPLIES = {
  yes: "once",
  always: "always",
  no: "reject",
  answers: "reject",
} as const satisfies Record<Answer["type"], string>;

const textIn = (metadata: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = metadata[name];
  return typeof value === "string" && value !== "" ? value : null;
};

/** The permissions whose names do not say what they are about. */
const TITLES: Readonly<Record<string, string>> = {
  external_directory: "Reach outside of the repo",
  doom_loop: "Repeat the same call again",
};

export function permissionAsked(asked: Permission): Asked {
  const { id, permission, patterns, metadata } = asked;
  const command = textIn(metadata, "command");
  const reached = patterns.join(", ");
  const title = TITLES[permission] ?? command ?? `${permission} ${reached}`.trim();
  const detail = [command, textIn(metadata, "filepath"), reached, textIn(metadata, "diff")]
    .filter((part) => part !== null && part !== "").join("\n");
  return {
    id,
    isApproval: true,
    event: {
      type: "approval",
      requestId: id,
      kind: kindOf(permission),
      title,
      detail: clipHead(detail, DETAIL_BYTES_MAX).text,
    },
    answer: (answer) => ({
      method: "POST",
      path: `/permission/${id}/reply`,
      body: {
        reply: REPLIES[answer.type],
        ...(answer.type === "no" ? { message: answer.reason ?? NO_REASON } : {}),
      },
    }),
  };
}

/** OpenCode gives the questions of one request no ids: their places are. */
export function questionAsked({ id, questions }: Question): Asked {
  return {
    id,
    isApproval: false,
    event: {
      type: "question",
      requestId: id,
      questions: questions.map(({ question, options }, place) => ({
        id: String(place),
        text: question,
        choices: options.map(({ label }) => label),
      })),
    },
    // A dismissed question would end the turn; an answer in words lets it go on.
    answer: (answer) => ({
      method: "POST",
      path: `/question/${id}/reply`,
      body: { answers: questions.map((_, place) => answerOf(answer, String(place))) },
    }),
  };
}

function answerOf(answer: Answer, place: string): readonly string[] {
  if (answer.type === "answers") return answer.answers[place] ?? [NO_ANSWER];
  return [answer.type === "no" ? answer.reason ?? NO_ANSWER : NO_ANSWER];
}
