/**
 * Writes lib/adapters/codex/{calls,protocol}.gen.ts from the schema that the pinned Codex program
 * prints, cut down to what protocol_selection.ts names. A field that a new version no longer has
 * stops it.
 * Run it with `deno run -A scripts/refresh_protocol.ts` after changing the pinned version.
 */

import { agentProgram, pinnedAgent } from "./pinned_agents.ts";
import {
  CALLS,
  NOTIFICATIONS,
  READ_FIELDS,
  SENT_FIELDS,
  SERVER_REQUESTS,
} from "./protocol_selection.ts";

type Schema = Readonly<Record<string, unknown>>;
type Language = "zod" | "type";

const NULLABLE = /^z\.nullable\((.*)\)$/s;

/** The folder of the generated files. */
export const PROTOCOL_FOLDER = new URL("../lib/adapters/codex/", import.meta.url).pathname;
const HEADER = "Written by scripts/refresh_protocol.ts; do not edit.";

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const schemasIn = (value: unknown): Schema[] => Array.isArray(value) ? value.filter(isSchema) : [];
const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((it) => typeof it === "string") : [];

/** The named types of the whole protocol. */
class Definitions {
  readonly #types: ReadonlyMap<string, Schema>;

  constructor(bundle: Schema) {
    const all = isSchema(bundle.definitions) ? bundle.definitions : {};
    const v2 = isSchema(all.v2) ? all.v2 : {};
    const entries = [...Object.entries(all), ...Object.entries(v2)];
    this.#types = new Map(
      entries.filter((entry): entry is [string, Schema] => isSchema(entry[1])),
    );
  }

  get(name: string): Schema {
    const found = this.#types.get(name);
    if (found === undefined) throw new Error(`The protocol no longer has the type "${name}".`);
    return found;
  }

  /** A field of a type or, for a type of several variants, of those that have it. */
  field(type: string, name: string): { schemas: Schema[]; required: boolean } {
    const schema = this.get(type);
    const own = isSchema(schema.properties) && name in schema.properties;
    const variants = own ? [schema] : [...schemasIn(schema.oneOf), ...schemasIn(schema.anyOf)];
    const having = variants.flatMap((variant) => {
      const field = isSchema(variant.properties) ? variant.properties[name] : undefined;
      return isSchema(field) ? [{ field, required: textsIn(variant.required).includes(name) }] : [];
    });
    if (having.length === 0) {
      throw new Error(`The protocol's "${type}" no longer has the field "${name}".`);
    }
    const required = having.length === variants.length && having.every((it) => it.required);
    return { schemas: having.map((it) => it.field), required };
  }
}

/** Renders schemas as code: zod for what is read, plain types for what is sent. */
class Renderer {
  readonly #definitions: Definitions;
  readonly #language: Language;
  readonly #named: ReadonlySet<string>;

  constructor(definitions: Definitions, language: Language, named: Iterable<string>) {
    this.#definitions = definitions;
    this.#language = language;
    this.#named = new Set(named);
  }

  #pick(zod: string, type: string): string {
    return this.#language === "zod" ? zod : type;
  }

  #enum(values: readonly string[]): string {
    // What is read stays open: a new word of a new version is no reason to fail.
    return this.#pick("z.string()", values.map((it) => JSON.stringify(it)).join(" | "));
  }

  #reference(ref: string): string {
    const name = ref.split("/").at(-1) ?? "";
    if (this.#named.has(name)) return name;
    return this.render(this.#definitions.get(name));
  }

  #union(variants: readonly Schema[]): string {
    const solid = variants.filter((it) => it.type !== "null");
    const rendered = [...new Set(solid.map((it) => this.render(it)))];
    if (this.#language === "type") {
      return [...rendered, ...(solid.length < variants.length ? ["null"] : [])].join(" | ");
    }
    const bare = new Set(rendered.map((it) => NULLABLE.exec(it)?.[1] ?? it));
    const isNullable = solid.length < variants.length || rendered.some((it) => NULLABLE.test(it));
    const inner = bare.size === 1 ? [...bare].join() : "z.unknown()";
    return isNullable ? `z.nullable(${inner})` : inner;
  }

  #object(schema: Schema): string {
    if (this.#language === "zod" || !isSchema(schema.properties)) {
      return this.#pick("z.unknown()", "Readonly<Record<string, unknown>>");
    }
    const required = new Set(textsIn(schema.required));
    const fields = Object.entries(schema.properties).map(([name, field]) => {
      const text = isSchema(field) ? this.render(field) : "unknown";
      return `readonly ${name}${required.has(name) ? "" : "?"}: ${text}`;
    });
    return `{ ${fields.join("; ")} }`;
  }

  render(schema: Schema): string {
    if (typeof schema.$ref === "string") return this.#reference(schema.$ref);
    if (Array.isArray(schema.enum)) return this.#enum(textsIn(schema.enum));
    const variants = [schema.anyOf, schema.oneOf, schema.allOf].flatMap(schemasIn);
    if (variants.length > 0) return this.#union(variants);
    if (Array.isArray(schema.type)) {
      return this.#union(textsIn(schema.type).map((type) => ({ ...schema, type })));
    }
    const items = isSchema(schema.items) ? this.render(schema.items) : "";
    const simple: Readonly<Record<string, string>> = {
      string: this.#pick("z.string()", "string"),
      integer: this.#pick("z.number()", "number"),
      number: this.#pick("z.number()", "number"),
      boolean: this.#pick("z.boolean()", "boolean"),
      array: this.#pick(`z.array(${items || "z.unknown()"})`, `readonly (${items || "unknown"})[]`),
      object: this.#object(schema),
    };
    return simple[String(schema.type)] ?? this.#pick("z.unknown()", "unknown");
  }

  /** A named type with the chosen fields. */
  declare(name: string, fields: readonly string[]): string {
    const lines = fields.map((field) => {
      const { schemas, required } = this.#definitions.field(name, field);
      const rendered = this.#union(schemas);
      if (this.#language === "type") {
        return `  readonly ${field}${required ? "" : "?"}: ${rendered};`;
      }
      const inner = NULLABLE.exec(rendered)?.[1] ?? rendered;
      return `  ${field}: ${required ? rendered : `z.nullish(${inner})`},`;
    });
    const body = lines.join("\n");
    if (this.#language === "zod") {
      return `const ${name} = z.object({\n${body}\n});\n`;
    }
    return `export interface ${name} {\n${body}\n}\n`;
  }
}

async function run(program: string, args: readonly string[], stdin?: string): Promise<string> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

function methodNames(schema: Schema): string[] {
  return schemasIn(schema.oneOf).flatMap(({ properties }) => {
    const method = isSchema(properties) ? properties.method : undefined;
    return isSchema(method) ? textsIn(method.enum) : [];
  });
}

function requireMethods(kind: string, used: object, known: readonly string[]): void {
  const gone = Object.keys(used).filter((name) => !known.includes(name));
  if (gone.length > 0) {
    throw new Error(`The protocol no longer has the ${kind} ${gone.join(", ")}.`);
  }
}

const listOf = (name: string, doc: string, values: readonly string[]): string =>
  `/** ${doc} */\nexport const ${name} = [\n${
    values.map((value) => `  ${JSON.stringify(value)},`).join("\n")
  }\n] as const;\n`;

const tableOf = (name: string, doc: string, rows: Readonly<Record<string, string>>): string =>
  `/** ${doc} */\nexport const ${name} = {\n${
    Object.entries(rows).map(([key, value]) => `  ${JSON.stringify(key)}: ${value},`).join("\n")
  }\n} as const;\n`;

/** What CAR sends. */
function renderCalls(version: string, definitions: Definitions): string {
  const sent = new Renderer(definitions, "type", Object.keys(SENT_FIELDS));
  const params = Object.entries(CALLS).map(([key, [type]]) =>
    `  readonly ${JSON.stringify(key)}: ${type};`
  );
  return [
    `/** What CAR asks of a Codex app-server, version ${version}. ${HEADER} */\n`,
    `export const PROTOCOL_VERSION = ${JSON.stringify(version)};\n`,
    ...Object.entries(SENT_FIELDS).map(([name, fields]) => sent.declare(name, fields)),
    `/** Every request CAR makes, with what it sends. */\nexport interface Calls {\n${
      params.join("\n")
    }\n}\n`,
  ].join("\n");
}

/** What CAR reads. */
function renderReads(version: string, definitions: Definitions, known: readonly string[]): string {
  const read = new Renderer(definitions, "zod", Object.keys(READ_FIELDS));
  const results = Object.fromEntries(Object.entries(CALLS).map(([key, [, type]]) => [key, type]));
  return [
    `/** What CAR reads from a Codex app-server, version ${version}. ${HEADER} */\n`,
    `import * as z from "zod/mini";\n`,
    ...Object.entries(READ_FIELDS).map(([name, fields]) => read.declare(name, fields)),
    `export type ThreadItem = z.infer<typeof ThreadItem>;`,
    `export type Turn = z.infer<typeof Turn>;`,
    `export type TurnError = z.infer<typeof TurnError>;\n`,
    tableOf("RESULTS", "What each request answers.", results),
    tableOf("NOTIFICATIONS", "Every notification CAR reads.", NOTIFICATIONS),
    tableOf("SERVER_REQUESTS", "Every question CAR understands.", SERVER_REQUESTS),
    listOf("KNOWN_NOTIFICATIONS", "Every notification of this version.", known),
  ].join("\n");
}

/** The generated files for an installed program, by name. */
export async function generateProtocol(program: string): Promise<Record<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "car-protocol-" });
  try {
    await run(program, ["app-server", "generate-json-schema", "--experimental", "--out", folder]);
    const load = async (name: string): Promise<Schema> => {
      const value: unknown = JSON.parse(await Deno.readTextFile(`${folder}/${name}.json`));
      return isSchema(value) ? value : {};
    };
    const definitions = new Definitions(await load("codex_app_server_protocol.schemas"));
    const known = methodNames(await load("ServerNotification"));
    requireMethods("request", CALLS, methodNames(await load("ClientRequest")));
    requireMethods("notification", NOTIFICATIONS, known);
    requireMethods("question", SERVER_REQUESTS, methodNames(await load("ServerRequest")));
    const version = (await run(program, ["--version"])).trim().split(" ").at(-1) ?? "";
    const format = (text: string) =>
      run(Deno.execPath(), ["fmt", "--line-width", "100", "--ext", "ts", "-"], text);
    return {
      "calls.gen.ts": await format(renderCalls(version, definitions)),
      "protocol.gen.ts": await format(renderReads(version, definitions, known)),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const agent = pinnedAgent("codex");
  if (agent === undefined) throw new Error("No Codex is pinned for this platform.");
  for (const [name, text] of Object.entries(await generateProtocol(agentProgram(agent)))) {
    await Deno.writeTextFile(PROTOCOL_FOLDER + name, text);
  }
}
