/** What an agent asks leave for, as CAR's event, and CAR's answers in the protocol's words. Pure. */

import { clipHead } from "../../base/text.ts";
import type { Answer, TurnEvent } from "../../engine/turn.ts";
import { fieldsOf, listAt, textAt } from "./reading.ts";
import { changesIn, commandIn, contentText, titleOf, toolKindOf } from "./tool_calls.ts";

/** What an approval keeps of its detail, as TurnEvent promises. */
const DETAIL_BYTES_MAX = 16 * 1024;

interface Option {
  readonly id: string;
  readonly kind: string;
}

export interface Permission {
  /** The command line it is about, if it is about one. */
  readonly command: string | null;
  event(requestId: string): TurnEvent & { type: "approval" };
  /** The result that goes back; null: the turn is being cancelled. */
  outcome(answer: Answer | null): unknown;
}

/** The kinds of options that say what an answer means, best first. */
const WANTED = {
  yes: ["allow_once", "allow_always"],
  always: ["allow_always", "allow_once"],
  no: ["reject_once", "reject_always"],
  answers: ["reject_once", "reject_always"],
} as const satisfies Record<Answer["type"], readonly string[]>;

const CANCELLED = { outcome: { outcome: "cancelled" } };

/** What an option without a known kind seems to mean by its name. */
function kindByName(words: string): string {
  if (/\b(no|reject|deny|decline|cancel|abort|stop|don'?t)\b/i.test(words)) return "reject_once";
  if (/always|session/i.test(words)) return "allow_always";
  return /\b(yes|allow|approve[d]?|accept|proceed|ok)\b/i.test(words) ? "allow_once" : "";
}

function optionsOf(params: unknown): readonly Option[] {
  return listAt(fieldsOf(params), "options").flatMap((option) => {
    const id = textAt(option, "optionId") ?? textAt(option, "id");
    if (id === undefined) return [];
    const told = textAt(option, "kind") ?? "";
    const isKnown = /^(allow|reject)_(once|always)$/.test(told);
    const words = `${id} ${textAt(option, "name") ?? ""}`.replaceAll("_", " ");
    return [{ id, kind: isKnown ? told : kindByName(words) }];
  });
}

export function permissionOf(params: unknown): Permission {
  const call = fieldsOf(fieldsOf(params)["toolCall"]);
  const options = optionsOf(params);
  const command = commandIn(call) ?? null;
  const reason = textAt(fieldsOf(call["rawInput"]), "reason");
  const cwd = textAt(fieldsOf(call["rawInput"]), "cwd");
  const detail = [
    command,
    cwd === undefined ? undefined : `in ${cwd}`,
    reason,
    ...changesIn(call).map(({ diff, path }) => diff === "" ? path : diff),
    contentText(call),
    ...listAt(call, "locations").map((location) => textAt(location, "path")),
  ].filter((part) => part).join("\n");
  return {
    command,
    event: (requestId) => ({
      type: "approval",
      requestId,
      kind: toolKindOf(textAt(call, "kind")),
      title: titleOf(call),
      detail: clipHead(detail, DETAIL_BYTES_MAX).text,
    }),
    outcome: (answer) => {
      if (answer === null) return CANCELLED;
      const wanted: readonly string[] = WANTED[answer.type];
      const found = wanted.map((kind) => options.find((it) => it.kind === kind))
        .find((it) => it !== undefined);
      // An option that cannot be understood is not chosen: to be cancelled does no harm.
      return found === undefined
        ? CANCELLED
        : { outcome: { outcome: "selected", optionId: found.id } };
    },
  };
}
