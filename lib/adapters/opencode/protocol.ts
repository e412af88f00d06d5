/** The shapes of the OpenCode server's API that CAR reads, as far as it reads them (version 1.18). */

import * as z from "zod/mini";

const Tokens = z.object({
  input: z.number(),
  output: z.number(),
  reasoning: z.number(),
  cache: z.object({ read: z.number(), write: z.number() }),
});

/** Why a message failed: a name of a small set, and what goes with it. */
const NamedError = z.object({
  name: z.string(),
  data: z.optional(z.object({
    message: z.optional(z.string()),
    statusCode: z.optional(z.number()),
    responseHeaders: z.optional(z.record(z.string(), z.string())),
    responseBody: z.optional(z.string()),
  })),
});

const MessageInfo = z.object({
  id: z.string(),
  sessionID: z.string(),
  role: z.string(),
  time: z.object({ created: z.number(), completed: z.optional(z.number()) }),
  error: z.optional(NamedError),
  /** The word of a person that an assistant's message answers. */
  parentID: z.optional(z.string()),
  providerID: z.optional(z.string()),
  modelID: z.optional(z.string()),
  /** Written true on the summary that makes room; on a person's words it is something else. */
  summary: z.optional(z.unknown()),
  finish: z.optional(z.string()),
});

const ToolState = z.object({
  status: z.string(),
  input: z.optional(z.record(z.string(), z.unknown())),
  output: z.optional(z.string()),
  error: z.optional(z.string()),
  title: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.unknown())),
  time: z.optional(z.object({ start: z.number(), end: z.optional(z.number()) })),
});

const Part = z.object({
  id: z.string(),
  sessionID: z.string(),
  messageID: z.string(),
  type: z.string(),
  text: z.optional(z.string()),
  synthetic: z.optional(z.boolean()),
  time: z.optional(z.object({ start: z.optional(z.number()), end: z.optional(z.number()) })),
  tool: z.optional(z.string()),
  state: z.optional(ToolState),
  tokens: z.optional(Tokens),
  cost: z.optional(z.number()),
});

const Status = z.object({
  type: z.string(),
  attempt: z.optional(z.number()),
  message: z.optional(z.string()),
  /** When it tries again, milliseconds since 1970. */
  next: z.optional(z.number()),
});

const Permission = z.object({
  id: z.string(),
  sessionID: z.string(),
  permission: z.string(),
  patterns: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
});

const Question = z.object({
  id: z.string(),
  sessionID: z.string(),
  questions: z.array(z.object({
    question: z.string(),
    options: z.array(z.object({ label: z.string() })),
  })),
});

const Rule = z.object({ permission: z.string(), pattern: z.string(), action: z.string() });
const Session = z.object({
  id: z.string(),
  directory: z.string(),
  permission: z.optional(z.array(Rule)),
});

const Model = z.object({
  id: z.string(),
  limit: z.optional(z.object({ context: z.number() })),
});
const Provider = z.object({ id: z.string(), models: z.record(z.string(), Model) });

/** The answers of the calls CAR makes. */
export const RESULTS = {
  health: z.object({ version: z.string() }),
  providers: z.object({ providers: z.array(Provider) }),
  config: z.object({ model: z.optional(z.string()) }),
  session: Session,
  messages: z.array(z.object({ info: MessageInfo, parts: z.array(Part) })),
  statuses: z.record(z.string(), Status),
  permissions: z.array(Permission),
  questions: z.array(Question),
  /** An answer whose content does not matter. */
  nothing: z.unknown(),
} as const satisfies Record<string, z.ZodMiniType>;

/** The events CAR reads, by type; all others are passed over. */
export const EVENTS = {
  "session.created": z.object({
    info: z.object({ id: z.string(), parentID: z.optional(z.string()) }),
  }),
  "session.status": z.object({ sessionID: z.string(), status: Status }),
  "session.error": z.object({
    sessionID: z.optional(z.string()),
    error: z.optional(NamedError),
  }),
  "session.compacted": z.object({ sessionID: z.string() }),
  "message.updated": z.object({ info: MessageInfo }),
  "message.part.updated": z.object({ part: Part }),
  "message.part.delta": z.object({
    sessionID: z.string(),
    messageID: z.string(),
    partID: z.string(),
    field: z.string(),
    delta: z.string(),
  }),
  "permission.asked": Permission,
  "question.asked": Question,
  "todo.updated": z.object({
    sessionID: z.string(),
    todos: z.array(z.object({ content: z.string(), status: z.string() })),
  }),
} as const satisfies Record<string, z.ZodMiniType>;

/** What wraps every event of the stream. */
export const Envelope = z.object({
  payload: z.object({ type: z.string(), properties: z.optional(z.unknown()) }),
});

export type EventName = keyof typeof EVENTS;
export type EventOf<Name extends EventName> = z.infer<(typeof EVENTS)[Name]>;
/** One event CAR reads, decoded. */
export type ServerEvent = {
  [Name in EventName]: { readonly type: Name; readonly data: EventOf<Name> };
}[EventName];

export type NamedError = z.infer<typeof NamedError>;
export type MessageInfo = z.infer<typeof MessageInfo>;
export type Part = z.infer<typeof Part>;
export type Status = z.infer<typeof Status>;
export type Messages = z.infer<typeof RESULTS.messages>;
export type Permission = z.infer<typeof Permission>;
export type Question = z.infer<typeof Question>;
export type Provider = z.infer<typeof Provider>;
export type Rule = z.infer<typeof Rule>;
export type Session = z.infer<typeof Session>;
