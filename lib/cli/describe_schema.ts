/** The shape of `car describe --json`, published as docs/car-describe.schema.json. */

import * as z from "zod/mini";

/** Raised when a reader of the older shape would misread the new one. */
export const DESCRIBE_VERSION = 1;

const valued = z.object({ name: z.string(), summary: z.string() });

const Argument = z.extend(valued, {
  required: z.boolean(),
  repeatable: z.boolean(),
  choices: z.nullable(z.array(z.string())),
});

const OptionShape = z.extend(valued, {
  short: z.nullable(z.string()),
  type: z.enum(["flag", "text", "texts", "number"]),
  placeholder: z.nullable(z.string()),
  choices: z.nullable(z.array(z.string())),
});

const CommandShape = z.object({
  path: z.string(),
  usage: z.string(),
  group: z.string(),
  summary: z.string(),
  details: z.nullable(z.string()),
  /** Where it works: in a repo, a hub, either of them, or anywhere. */
  mode: z.enum(["repo", "hub", "either", "any"]),
  changes: z.boolean(),
  arguments: z.array(Argument),
  options: z.array(OptionShape),
  examples: z.array(z.object({ line: z.string(), what: z.string() })),
});

const Setting = z.object({
  key: z.string(),
  kind: z.string(),
  default: z.unknown(),
  unit: z.nullable(z.string()),
  allowed: z.string(),
  meaning: z.string(),
  since: z.string(),
  secret: z.boolean(),
  env: z.string(),
});

const TicketKeyShape = z.object({
  key: z.string(),
  required: z.boolean(),
  allowed: z.string(),
  meaning: z.string(),
  example: z.string(),
});

const RouteShape = z.object({
  method: z.string(),
  /** As it answers here, its parameters in braces. */
  path: z.string(),
  tag: z.string(),
  summary: z.string(),
  /** Why it answers 501; null: it is there. */
  missing: z.nullable(z.string()),
});

export const Description = z.object({
  describe_version: z.literal(DESCRIBE_VERSION),
  car: z.object({ version: z.string(), commit: z.nullable(z.string()) }),
  here: z.object({
    type: z.enum(["repo", "hub", "git", "none"]),
    root: z.nullable(z.string()),
  }),
  exit_codes: z.array(z.object({ code: z.number(), meaning: z.string() })),
  error_codes: z.array(z.object({ code: z.string(), exit: z.number(), http: z.number() })),
  global_options: z.array(z.object({ flags: z.string(), summary: z.string() })),
  commands: z.array(CommandShape),
  /** Of the API that `car serve` would have here; /api/openapi.json has their shapes. */
  routes: z.array(RouteShape),
  config: z.object({
    version: z.number(),
    /** Later ones go before earlier ones. */
    layers: z.array(z.string()),
    settings: z.array(Setting),
  }),
  tickets: z.object({
    folder: z.string(),
    name: z.string(),
    keys: z.array(TicketKeyShape),
    problems: z.array(z.object({ code: z.string(), fixable: z.boolean() })),
  }),
});

export type Description = z.infer<typeof Description>;

/** As JSON Schema, 2020-12. */
export function describeSchema(): Record<string, unknown> {
  return { title: "car describe --json", ...z.toJSONSchema(Description) };
}
