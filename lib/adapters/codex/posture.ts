/** CAR's three postures in Codex's words. One table. */

import type { Posture } from "../../engine/ports.ts";
import type { SandboxPolicy, ThreadStartParams } from "./calls.gen.ts";

/** How CAR answers an approval in a posture: by itself, or by asking a person. */
export type AutoAnswer = "yes" | "no" | "ask";

export interface PostureRow {
  readonly approvalPolicy: NonNullable<ThreadStartParams["approvalPolicy"]>;
  readonly sandbox: NonNullable<ThreadStartParams["sandbox"]>;
  readonly answer: AutoAnswer;
  /** The sandbox to try out before the first turn; null: commands run outside any. */
  readonly probe: SandboxPolicy | null;
}

export const POSTURES = {
  // Not `never`: under it Codex refuses `rm -rf` even with full access. It asks, and CAR says yes.
  yolo: {
    approvalPolicy: "on-request",
    sandbox: "danger-full-access",
    answer: "yes",
    probe: null,
  },
  safe: {
    approvalPolicy: "on-request",
    sandbox: "workspace-write",
    answer: "ask",
    probe: { type: "workspaceWrite" },
  },
  "read-only": {
    approvalPolicy: "never",
    sandbox: "read-only",
    answer: "no",
    probe: { type: "readOnly" },
  },
} as const satisfies Record<Posture, PostureRow>;

const ANSWER_WORDS = {
  yes: "CAR says yes",
  no: "CAR says no",
  ask: "a person is asked",
} as const satisfies Record<AutoAnswer, string>;

const wordsOf = ({ sandbox, approvalPolicy, answer }: (typeof POSTURES)[Posture]): string =>
  `sandbox ${sandbox}, approval policy ${approvalPolicy}; to a request ${ANSWER_WORDS[answer]}`;

/** The table for people. */
export const POSTURE_WORDS = {
  yolo: wordsOf(POSTURES.yolo),
  safe: wordsOf(POSTURES.safe),
  "read-only": wordsOf(POSTURES["read-only"]),
} as const satisfies Record<Posture, string>;
