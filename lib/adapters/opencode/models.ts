/** The models OpenCode can use now, and the choice among them. Pure. */

import { CarError } from "../../base/errors.ts";
import { closest } from "../../base/suggest.ts";
import type { Provider } from "./protocol.ts";

/** OpenCode's own hosted service, which it falls back to without asking. */
const HOSTED = "opencode";
/** How many models a message names. */
const NAMED_MAX = 12;

/** One model as OpenCode wants it named in a prompt. */
export interface ModelChoice {
  readonly providerID: string;
  readonly modelID: string;
}

/** Every model that can be used, as `provider/model`, sorted. */
export function modelNames(providers: readonly Provider[]): readonly string[] {
  return providers.flatMap(({ id, models }) => Object.keys(models).map((model) => `${id}/${model}`))
    .sort();
}

/** How many tokens fit into a model, or null. */
export function contextOf(
  providers: readonly Provider[],
  provider: string,
  model: string,
): number | null {
  const known = providers.find(({ id }) => id === provider)?.models[model];
  return known?.limit?.context ?? null;
}

/** Whether any service besides OpenCode's own is set up. */
export const hasOwnProvider = (providers: readonly Provider[]): boolean =>
  providers.some(({ id }) => id !== HOSTED);

/**
 * The model a prompt asks for; null: OpenCode's own choice, as a person's configuration makes it.
 * @param wanted `provider/model` of the ticket or the config, or null.
 * @param configured The model of OpenCode's own configuration.
 * @throws {CarError} `invalid` for a model there is none of, and where OpenCode would send the work
 * to its hosted service without anybody having asked for it.
 */
export function chooseModel(
  wanted: string | null,
  configured: string | undefined,
  providers: readonly Provider[],
): ModelChoice | null {
  if (wanted === null) {
    if (configured !== undefined || hasOwnProvider(providers)) return null;
    throw new CarError("invalid", "OpenCode has no model to use", {
      hint: "Run `opencode auth login`, or name a model in agents.opencode.model: " +
        "without one OpenCode would send the work to its own hosted service.",
    });
  }
  const names = modelNames(providers);
  if (!names.includes(wanted)) throw noSuchModel(wanted, names);
  const at = wanted.indexOf("/");
  return { providerID: wanted.slice(0, at), modelID: wanted.slice(at + 1) };
}

function noSuchModel(wanted: string, names: readonly string[]): CarError {
  const near = closest(wanted, names);
  const meant = near === undefined ? "" : ` Did you mean "${near}"?`;
  const more = names.length > NAMED_MAX ? `, and ${names.length - NAMED_MAX} more` : "";
  return new CarError("invalid", `OpenCode has no model "${wanted}"`, {
    hint: `Models are named provider/model.${meant} There are: ${
      names.slice(0, NAMED_MAX).join(", ")
    }${more}.`,
  });
}
