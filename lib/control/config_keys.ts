/** Every config key of CAR in one table: the reader, the template, the docs and the describer use it. */

import { agents, app_server, codex, opencode } from "./config_keys/agents.ts";
import { destination } from "./config_keys/destination.ts";
import { chat } from "./config_keys/chat.ts";
import { isKey, isNamed, type Key, type Spec, type ValueOf } from "./config_keys/row.ts";
import * as surfaces from "./config_keys/surfaces.ts";
import {
  approvals,
  docs,
  gate,
  git,
  limits,
  prompt,
  queue,
  quota,
  runner,
} from "./config_keys/work.ts";

const {
  discord,
  github,
  hub,
  log,
  notify,
  server,
  server_log,
  telegram,
  templates,
  terminal,
  voice,
} = surfaces;

/** The sections of a repo's config. Those of a hub's are the same and `hub`. */
export const REPO_SECTIONS = {
  queue,
  agents,
  destination,
  gate,
  limits,
  runner,
  git,
  prompt,
  quota,
  approvals,
  chat,
  codex,
  app_server,
  opencode,
  docs,
  notify,
  server,
  terminal,
  voice,
  github,
  telegram,
  discord,
  templates,
  log,
  server_log,
} as const satisfies Spec;

export const HUB_SECTIONS = { hub, ...REPO_SECTIONS } as const satisfies Spec;

export type RepoSections = ValueOf<typeof REPO_SECTIONS>;
export type HubSections = ValueOf<typeof HUB_SECTIONS>;
export type AgentSettings = RepoSections["agents"][string];

/** The keys that stand before all sections. */
export const CONFIG_VERSION = 2;
export const CONFIG_MODES = ["repo", "hub"] as const;
export type ConfigMode = (typeof CONFIG_MODES)[number];

export const sectionsOf = (mode: ConfigMode): Spec => mode === "hub" ? HUB_SECTIONS : REPO_SECTIONS;

/** One key with its path; `NAME` stands for a name the person chooses. */
export interface KeyRow {
  /** `limits.silence_seconds`, `agents.NAME.command`. */
  readonly path: string;
  readonly key: Key<unknown>;
}

/** All keys of a mode, in the order of the table. */
export const configKeys = (mode: ConfigMode): readonly KeyRow[] => rows(sectionsOf(mode), "");

function rows(spec: Spec, prefix: string): readonly KeyRow[] {
  return Object.entries(spec).flatMap(([name, node]) => {
    if (isKey(node)) return [{ path: prefix + name, key: node }];
    return isNamed(node)
      ? rows(node.spec, `${prefix}${name}.NAME.`)
      : rows(node, `${prefix}${name}.`);
  });
}
