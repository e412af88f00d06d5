/** What is told in a chat thread: the bodies of its transcript's events, by type. */

import type { MessageKey, MessageState, ThreadKey } from "./thread.ts";
import type { NoteBodies } from "./notes.ts";
import type { Posture } from "./ports.ts";

/** What an agent tells is kept as in a run's journal; what moves a message or a thread is CAR's own. */
export interface ThreadEventBodies extends
  Pick<
    NoteBodies,
    | "tool_started"
    | "tool"
    | "file_change"
    | "plan"
    | "usage"
    | "rate_limit"
    | "status"
    | "notice"
    | "approval"
    | "question"
    | "answered"
    | "car"
  > {
  /** A whole text of the agent; its parts, which bear the same id, are gone from then on. */
  readonly text: { readonly id: string; readonly text: string };
  /** A piece of a text that is not finished; `at` of its characters (UTF-16) came before it. */
  readonly text_part: { readonly id: string; readonly at: number; readonly text: string };
  readonly reasoning: { readonly id: string; readonly text: string };
  /** A message is in a new state, or its text was changed. */
  readonly message: {
    readonly state: MessageState;
    /** The message itself, when it is new or was changed. */
    readonly text?: string;
    readonly by?: string;
    readonly posture?: Posture;
    /** Why, in one sentence. */
    readonly words?: string;
    readonly retryOf?: MessageKey;
  };
  /** The thread itself was changed. */
  readonly thread: {
    readonly change: "created" | "renamed" | "archived" | "unarchived" | "forked";
    readonly by: string;
    readonly title?: string;
    readonly from?: ThreadKey;
  };
}

export type ThreadEventType = keyof ThreadEventBodies;

/** One event as it is written. */
export type NewThreadEvent = {
  readonly [Type in ThreadEventType]: {
    readonly type: Type;
    readonly body: ThreadEventBodies[Type];
    readonly message: MessageKey | null;
    readonly atMs: number;
  };
}[ThreadEventType];

/** One event of a transcript. `seq` counts within its thread, upwards, with gaps. */
export type ThreadEvent = NewThreadEvent & { readonly thread: ThreadKey; readonly seq: number };
