/** Who gives a command, for the journal; and what an agent may not say in a person's place. */

import { userInfo } from "node:os";
import { CarError } from "../base/errors.ts";
import type { Call } from "./command.ts";

/** Set by CAR in everything an agent starts. */
const TURN_VARIABLE = "CAR_TURN_ID";

/** The account's name, where the environment leaves it out; null when the system has none for it. */
function accountName(): string | null {
  try {
    return userInfo().username || null;
  } catch {
    return null;
  }
}

/** The account on this machine: `cli:anna`; `agent:turn_...` from inside an agent's turn. */
export const actor = (call: Call): string => {
  const turn = turnOf(call);
  return turn === null
    ? `cli:${call.io.env("USER") || call.io.env("LOGNAME") || accountName() || "?"}`
    : `agent:${turn}`;
};

/** Whether an agent runs this command from inside its turn. */
export const isAgent = (call: Call): boolean => turnOf(call) !== null;

const turnOf = (call: Call): string | null => call.io.env(TURN_VARIABLE) ?? null;

/**
 * The word of a person is not an agent's to give.
 *
 * @throws {CarError} `conflict` from inside a turn.
 */
export function refuseAgent(call: Call): void {
  if (!isAgent(call)) return;
  throw new CarError(
    "conflict",
    `"car ${call.spec.path}" is a person's word, and this is an agent's turn`,
    {
      hint: "Ask with DISPATCH.md instead.",
    },
  );
}
