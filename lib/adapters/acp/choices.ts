/**
 * What a session lets its client choose (model, effort, mode), whatever of the protocol's three ways
 * the agent offers it by; and which calls make the wanted choice. Pure.
 */

import { CarError } from "../../base/errors.ts";
import { type Fields, fieldsOf, inside, listAt, textAt } from "./reading.ts";

/** What can be chosen, by the category the protocol gives it. */
export type Choice = "model" | "thought_level" | "mode";

export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One choice as the session offers it. */
export interface Offer {
  readonly current: string | null;
  readonly values: readonly { readonly id: string; readonly name: string }[];
  call(id: string): Call;
}

/** How a choice is called in messages, and the key by which a person makes it. */
const WORDS = {
  model: { thing: "model", key: "model" },
  thought_level: { thing: "reasoning effort", key: "reasoning" },
  mode: { thing: "mode", key: "profile or agents.NAME.mode" },
} as const satisfies Record<Choice, { thing: string; key: string }>;

/** More than this many values are not told in a message. */
const VALUES_TOLD_MAX = 40;

/** Options come plain or in groups. */
function valuesOf(option: Fields): Offer["values"] {
  return listAt(option, "options").flatMap((entry) => {
    const id = textAt(entry, "value");
    if (id === undefined) return valuesOf(entry);
    return [{ id, name: textAt(entry, "name") ?? id }];
  });
}

function byOption(session: Fields, choice: Choice): Offer | undefined {
  const options = listAt(session, "configOptions");
  const option = options.find((it) => it["category"] === choice) ??
    options.find((it) => it["category"] === undefined && it["id"] === choice);
  const configId = option === undefined ? undefined : textAt(option, "id");
  if (option === undefined || configId === undefined) return undefined;
  return {
    current: textAt(option, "currentValue") ?? null,
    values: valuesOf(option),
    call: (value) => ({ method: "session/set_config_option", params: { configId, value } }),
  };
}

function byMode(session: Fields): Offer | undefined {
  const modes = inside(session, "modes");
  const values = listAt(modes, "availableModes").flatMap((mode) => {
    const id = textAt(mode, "id");
    return id === undefined ? [] : [{ id, name: textAt(mode, "name") ?? id }];
  });
  if (values.length === 0) return undefined;
  return {
    current: textAt(modes, "currentModeId") ?? null,
    values,
    call: (modeId) => ({ method: "session/set_mode", params: { modeId } }),
  };
}

/** Not in the protocol any more, yet the only way of some agents. */
function byModel(session: Fields): Offer | undefined {
  const models = inside(session, "models");
  const values = listAt(models, "availableModels").flatMap((model) => {
    const id = textAt(model, "modelId");
    return id === undefined ? [] : [{ id, name: textAt(model, "name") ?? id }];
  });
  if (values.length === 0) return undefined;
  return {
    current: textAt(models, "currentModelId") ?? null,
    values,
    call: (modelId) => ({ method: "session/set_model", params: { modelId } }),
  };
}

/** @param session the answer to `session/new`, `load` or `resume`. */
export function offerOf(session: unknown, choice: Choice): Offer | undefined {
  const fields = fieldsOf(session);
  const own = { model: byModel, mode: byMode, thought_level: () => undefined }[choice](fields);
  return choice === "mode" ? own ?? byOption(fields, choice) : byOption(fields, choice) ?? own;
}

function listed(offer: Offer): string {
  const told = offer.values.slice(0, VALUES_TOLD_MAX).map(({ id }) => id);
  const more = offer.values.length - told.length;
  return `${told.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/**
 * The call that makes the choice; undefined when it is made already.
 * @param wanted the id or, in any case, the name of a value.
 * @throws {CarError} `invalid` that names the values there are.
 */
export function choose(session: unknown, choice: Choice, wanted: string): Call | undefined {
  const { thing, key } = WORDS[choice];
  const offer = offerOf(session, choice);
  if (offer === undefined || offer.values.length === 0) {
    throw new CarError("invalid", `This agent offers no choice of a ${thing}`, {
      hint: `Take \`${key}\` away, here "${wanted}", or set it in the agent's own configuration.`,
    });
  }
  const found = offer.values.find(({ id }) => id === wanted) ??
    offer.values.find(({ id, name }) =>
      [id, name].some((it) => it.toLowerCase() === wanted.toLowerCase())
    );
  if (found === undefined) {
    throw new CarError("invalid", `This agent knows no ${thing} "${wanted}"`, {
      hint: `Set \`${key}\` to one of: ${listed(offer)}.`,
    });
  }
  return found.id === offer.current ? undefined : offer.call(found.id);
}
