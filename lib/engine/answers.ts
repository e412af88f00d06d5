/** What a person types for an answer, read for the request it is meant for. */

import type { Answer, TurnEvent } from "./turn.ts";

type Asked = Extract<TurnEvent, { type: "approval" | "question" }>;

export type ReadAnswer =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const WORDS: Readonly<Record<string, Answer>> = {
  yes: { type: "yes" },
  y: { type: "yes" },
  no: { type: "no" },
  n: { type: "no" },
  always: { type: "always" },
};

/** An approval takes yes, no, always; `no` may be followed by a reason. A question takes any text. */
export function readAnswer(asked: Asked, text: string): ReadAnswer {
  return asked.type === "approval"
    ? approvalAnswer(text.trim())
    : questionAnswer(asked, text.trim());
}

function approvalAnswer(text: string): ReadAnswer {
  const [word = "", ...reason] = text.split(/\s+/);
  const answer = WORDS[word.toLowerCase()];
  if (answer === undefined || (answer.type !== "no" && reason.length > 0)) {
    return {
      ok: false,
      message: `"${text}" answers no request for permission`,
      hint: "It takes yes, no (with a reason, if you like) or always.",
    };
  }
  if (answer.type === "no" && reason.length > 0) {
    return { ok: true, answer: { type: "no", reason: reason.join(" ") } };
  }
  return { ok: true, answer };
}

/** One text answers the one question; several questions take `ID=TEXT; ID=TEXT`. */
function questionAnswer(asked: Extract<Asked, { type: "question" }>, text: string): ReadAnswer {
  const [first, ...more] = asked.questions;
  if (first === undefined) return { ok: true, answer: { type: "answers", answers: {} } };
  if (text === "") {
    return { ok: false, message: "The answer is empty", hint: "Type the text of the answer." };
  }
  if (more.length === 0) {
    return { ok: true, answer: { type: "answers", answers: { [first.id]: [text] } } };
  }
  const given = text.split(";").map((part) => part.split("=").map((it) => it.trim()));
  const answers = Object.fromEntries(given.map(([id = "", value = ""]) => [id, [value]]));
  const missing = asked.questions.filter((it) => !(it.id in answers));
  if (missing.length > 0) {
    return {
      ok: false,
      message: `No answer to ${missing.map((it) => `"${it.id}"`).join(", ")}`,
      hint: `Several questions take: ${asked.questions.map((it) => `${it.id}=TEXT`).join("; ")}`,
    };
  }
  return { ok: true, answer: { type: "answers", answers } };
}
