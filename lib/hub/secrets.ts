/** Which values CAR knows to be secret: they are taken out of everything it writes for reading. */

import { isSecretName, Redactor } from "../adapters/process/redact.ts";
import type { Config } from "../control/config.ts";
import { configKeys } from "../control/config_keys.ts";
import { readToken } from "./access/token.ts";

type Environment = Readonly<Record<string, string>>;

/** What a person gives an agent may be a secret under any name; places and addresses are none. */
const PLACE = /^(?:[/~.]|[a-z][a-z0-9+.-]*:\/\/[^@]*$)/i;

/** Secrets of this process, beside those of settings and variables: name of what shows in their place -> value. */
const own = new Map<string, string>();
/** Redactors in use, which learn of a secret that comes later. */
const inUse = new Set<WeakRef<Redactor>>();

/**
 * Keeps a secret CAR made itself out of everything it writes, from now on. One of the same name goes on
 * being kept out.
 */
export function keepSecret(name: string, value: string): void {
  if ([...own.values()].includes(value)) return;
  own.set(`${name} ${own.size}`, value);
  for (const each of inUse) {
    const redactor = each.deref();
    if (redactor === undefined) inUse.delete(each);
    else redactor.add(name, value);
  }
}

/**
 * Knows the secret values of the config, of the agents' variables, and of CAR's own environment under
 * the names that usually hold one.
 * @param tokenPaths Where tokens of CAR itself lie.
 */
export function redactorOf(
  config: Config,
  environment: Environment,
  tokenPaths: readonly string[] = [],
): Redactor {
  const redactor = new Redactor();
  for (const [name, value] of secretsOf(config, environment)) redactor.add(name, value);
  for (const path of tokenPaths) redactor.add("car_token", tokenIn(path));
  for (const [name, value] of own) redactor.add(name.replace(/ \d+$/, ""), value);
  inUse.add(new WeakRef(redactor));
  return redactor;
}

/** "" when there is none, or none that lets anybody in. */
function tokenIn(path: string): string {
  try {
    return readToken(path) ?? "";
  } catch {
    return "";
  }
}

/**
 * The same, with secrets taken out of every text in it. For plain data. What is kept of an agent's words
 * and a check's output goes through here.
 */
export function withoutSecrets<T>(told: T, redactor: Redactor): T {
  if (redactor.isEmpty) return told;
  // The copy has the shape of what it was made of: only texts are others.
  return copied(told, redactor) as T;
}

function copied(told: unknown, redactor: Redactor): unknown {
  if (typeof told === "string") return redactor.redact(told);
  if (Array.isArray(told)) return told.map((it) => copied(it, redactor));
  if (typeof told !== "object" || told === null) return told;
  return Object.fromEntries(
    Object.entries(told).map(([key, value]) => [key, copied(value, redactor)]),
  );
}

function* secretsOf(config: Config, environment: Environment): Iterable<[string, string]> {
  for (const [name, value] of Object.entries(environment)) {
    if (isSecretName(name)) yield [name, value];
  }
  for (const { path, key } of configKeys(config.mode)) {
    const value = valueAt(config, path.split("."));
    if (typeof value !== "string") continue;
    if (key.secret) yield [path, value];
    // The name of a variable that holds one.
    const named = path.endsWith("_env") ? environment[value] : undefined;
    if (named !== undefined) yield [value, named];
  }
  for (const agent of Object.values(config.agents)) {
    for (const [name, value] of Object.entries(agent.env)) yield* unlessPlace(name, value);
    for (const name of agent.pass_env) yield* unlessPlace(name, environment[name] ?? "");
  }
}

function* unlessPlace(name: string, value: string): Iterable<[string, string]> {
  if (isSecretName(name) || !PLACE.test(value)) yield [name, value];
}

function valueAt(found: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<string, unknown>)[part]
        : undefined,
    found,
  );
}
