/** CAR's three postures towards what an ACP agent asks its client for. One table. */

import type { Posture } from "../../engine/ports.ts";
import type { AutoAnswer } from "./approvals.ts";

/** Where the agent may reach through CAR. */
export type Reach = "anywhere" | "repo" | "nowhere";

export interface ClientRow {
  /** Requests for a permission. */
  readonly answer: AutoAnswer;
  readonly reads: Reach;
  readonly writes: Reach;
  /** Commands it has CAR run. */
  readonly commands: AutoAnswer;
}

export const CLIENT_POSTURES = {
  yolo: { answer: "yes", reads: "anywhere", writes: "anywhere", commands: "yes" },
  safe: { answer: "ask", reads: "repo", writes: "repo", commands: "ask" },
  "read-only": { answer: "no", reads: "repo", writes: "nowhere", commands: "no" },
} as const satisfies Record<Posture, ClientRow>;
