/** What a run tells its surfaces while it works: steps that are safe on disk, and the agent's stream. */

import type { RunEvent } from "../engine/events.ts";
import type { Evidence } from "../engine/gate.ts";
import type { TurnId } from "../engine/ids.ts";
import type { Run } from "../engine/run.ts";
import type { TurnEvent } from "../engine/turn.ts";

export type LiveEvent =
  /** The run after an event; `refused` when the event changed nothing. */
  | {
    readonly type: "step";
    readonly run: Run;
    readonly event: RunEvent;
    readonly seq: number;
    readonly refused: boolean;
  }
  | { readonly type: "turn"; readonly turnId: TurnId; readonly event: TurnEvent }
  | { readonly type: "queue"; readonly open: number; readonly total: number }
  | { readonly type: "check_started"; readonly command: string }
  | { readonly type: "check_ended"; readonly evidence: Evidence }
  /** CAR's own remark: damaged state set aside, leftovers ended. */
  | { readonly type: "remark"; readonly text: string };

export type LiveListener = (event: LiveEvent) => void;
