/** Which keys a schema takes at a place in what was sent, for telling a caller of a wrong one. Pure. */

import type * as z from "zod/mini";
import type { Schema } from "./route.ts";

/** Every key of the object that stands at `path`, in the order of the schema; those of all its forms. */
export function knownKeys(schema: Schema, path: readonly PropertyKey[]): readonly string[] {
  let places = objectsOf(schema);
  for (const step of path) places = places.flatMap((it) => partsAt(it, step)).flatMap(objectsOf);
  return [...new Set(places.flatMap((it) => it.type === "object" ? Object.keys(it.shape) : []))];
}

/** Kinds of schemas that hold others. */
type Holder = z.core.$ZodObjectDef | z.core.$ZodArrayDef | z.core.$ZodRecordDef;

/** What a schema stands for, its wrappings taken off. */
function objectsOf(schema: Schema): readonly Holder[] {
  const def = schema._zod.def as z.core.$ZodTypes["_zod"]["def"];
  switch (def.type) {
    case "object":
    case "array":
    case "record":
      return [def];
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return objectsOf(def.innerType);
    case "pipe":
      return objectsOf(def.in);
    case "union":
      return def.options.flatMap(objectsOf);
    default:
      return [];
  }
}

function partsAt(def: Holder, step: PropertyKey): readonly Schema[] {
  if (def.type === "array") return [def.element];
  if (def.type === "record") return [def.valueType];
  const part = Object.hasOwn(def.shape, step) ? def.shape[String(step)] : undefined;
  return part === undefined ? [] : [part];
}
