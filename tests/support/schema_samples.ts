/** Values that fit a JSON schema as the API's document has it, and values that do not. */

export type JsonSchema = Readonly<Record<string, unknown>>;

const schemaOf = (value: unknown): JsonSchema =>
  typeof value === "object" && value !== null ? value as JsonSchema : {};

const listOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : [];

/** Texts tried where a pattern is asked for: the first that fits. */
const TEXTS = ["x", "1", "true", "run-0001", "/x", "a-b", "main", "2026-01-01", "x@y.z", "aa/bb"];

/** `whole`: also what may be left away. */
export type SampleSize = "least" | "whole";

export function fitting(schema: JsonSchema, size: SampleSize): unknown {
  if ("const" in schema) return schema["const"];
  if ("default" in schema && size === "least") return schema["default"];
  const choices = listOf(schema["enum"]);
  if (choices.length > 0) return choices[0];
  const forms = [...listOf(schema["anyOf"]), ...listOf(schema["oneOf"])];
  if (forms.length > 0) return fitting(schemaOf(forms[0]), size);
  const all = listOf(schema["allOf"]);
  if (all.length > 0) return fitting(schemaOf(all[0]), size);
  switch (schema["type"]) {
    case "string":
      return fittingText(schema);
    case "integer":
    case "number":
      return Math.max(1, Number(schema["minimum"] ?? 1));
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return size === "whole" || Number(schema["minItems"] ?? 0) > 0
        ? [fitting(schemaOf(schema["items"]), size)]
        : [];
    case "object":
      return fittingObject(schema, size);
    default:
      return "x";
  }
}

function fittingText(schema: JsonSchema): string {
  const pattern = typeof schema["pattern"] === "string"
    ? new RegExp(schema["pattern"], "u")
    : /(?:)/;
  const fits = TEXTS.find((text) => pattern.test(text)) ?? "x";
  return fits.padEnd(Number(schema["minLength"] ?? 0), "x");
}

function fittingObject(schema: JsonSchema, size: SampleSize): Record<string, unknown> {
  const required = listOf(schema["required"]);
  const fields = Object.entries(schemaOf(schema["properties"]));
  return Object.fromEntries(
    fields.filter(([name]) => size === "whole" || required.includes(name))
      .map(([name, inner]) => [name, fitting(schemaOf(inner), size)]),
  );
}

/** Each wrong in one place only. */
export function unfitting(schema: JsonSchema): readonly unknown[] {
  const right = fitting(schema, "whole");
  if (schema["type"] !== "object" || typeof right !== "object" || right === null) {
    return [[], 7, "x", null, {}].filter((it) => typeof it !== typeof right);
  }
  const required = listOf(schema["required"]).map(String);
  const properties = schemaOf(schema["properties"]);
  const missing = required.map((name) => {
    const { [name]: _, ...rest } = right as Record<string, unknown>;
    return rest;
  });
  const mistyped = Object.entries(properties)
    .filter(([, inner]) => isTyped(schemaOf(inner)))
    .map(([name, inner]) => ({ ...right, [name]: mistype(schemaOf(inner)) }));
  return [[], "x", 7, null, ...missing, ...mistyped];
}

/** Right but for a key that no object knows: one value for each object in it, with where that stands. */
export function withUnknownKey(
  schema: JsonSchema,
  key: string,
): readonly { readonly value: unknown; readonly at: readonly PropertyKey[] }[] {
  return objectPaths(fitting(schema, "whole")).map((at) => {
    const value: unknown = structuredClone(fitting(schema, "whole"));
    const place = at.reduce<unknown>((inner, step) => (inner as Held)[step], value);
    if (isFree(schema, at)) return { value: null, at };
    (place as Held)[key] = 1;
    return { value, at };
  }).filter(({ value }) => value !== null);
}

type Held = Record<PropertyKey, unknown>;

function objectPaths(value: unknown, at: readonly PropertyKey[] = []): (readonly PropertyKey[])[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([step, it]) => objectPaths(it, [...at, step]));
  return Array.isArray(value) ? inner : [at, ...inner];
}

/** Whether any key may stand at a place: in a record. */
function isFree(schema: JsonSchema, at: readonly PropertyKey[]): boolean {
  const place = at.reduce<JsonSchema>((outer, step) => {
    const whole = formOf(outer);
    return schemaOf(whole["items"] ?? schemaOf(whole["properties"])[String(step)] ?? {});
  }, schema);
  return schemaOf(formOf(place))["additionalProperties"] !== false &&
    !("properties" in formOf(place));
}

/** The form that `fitting` takes of several. */
function formOf(schema: JsonSchema): JsonSchema {
  const [form] = [
    ...listOf(schema["anyOf"]),
    ...listOf(schema["oneOf"]),
    ...listOf(schema["allOf"]),
  ];
  return form === undefined ? schema : formOf(schemaOf(form));
}

const isTyped = (schema: JsonSchema): boolean =>
  ["string", "integer", "number", "boolean", "array", "object"].includes(String(schema["type"]));

const mistype = (schema: JsonSchema): unknown =>
  schema["type"] === "object" || schema["type"] === "array" ? 7 : { odd: [] };
