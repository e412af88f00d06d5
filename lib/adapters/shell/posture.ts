/** CAR's three postures as the shell agent keeps them. */

import type { Posture } from "../../engine/ports.ts";

export const POSTURE_WORDS = {
  yolo: "runs every block unasked",
  safe: "asks before each block",
  "read-only": "refuses to work: a command may write anywhere",
} as const satisfies Record<Posture, string>;
