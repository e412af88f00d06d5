/** The settings of a repo with where each comes from, its agents, and its doctor. */

import * as z from "zod/mini";
import { inspectConfig, originText, problemText } from "../lib/control/config.ts";
import { writeConfigKey } from "../lib/control/config_file.ts";
import { configRows } from "../lib/control/config_rows.ts";
import { DOCTOR_CHECKS } from "../lib/control/doctor_checks.ts";
import { runDoctor } from "../lib/control/doctor.ts";
import { readAccounts } from "../lib/control/views_read.ts";
import { lookAtAgents } from "../lib/hub/agent_facts.ts";
import { openDoctorWorld } from "../lib/hub/doctor_world.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import { segment } from "./fields.ts";
import { type Route, route } from "./route.ts";
import { RATE_WINDOW } from "./run_shapes.ts";
import type { Site } from "./site.ts";

const SETTING = z.object({
  key: z.string(),
  value: z.unknown(),
  default: z.unknown(),
  origin: z.string(),
  unit: z.nullable(z.string()),
  allowed: z.string(),
  meaning: z.string(),
  secret: z.boolean(),
});

const SETTINGS = z.object({
  file: z.string(),
  settings: z.array(SETTING),
  /** What is wrong with the files, each with file, line and key. */
  problems: z.array(z.string()),
});

async function settingsOf(desk: RepoDesk, site: Site) {
  const hubRoot = site.fleet.mode === "hub" ? { hubRoot: site.fleet.root } : {};
  const loaded = await inspectConfig({
    root: desk.paths.root,
    env: site.environment,
    ...hubRoot,
  });
  return {
    file: desk.paths.config,
    settings: configRows(loaded).map(({ path, value, key }) => ({
      key: path,
      value: shownValue(path, value),
      default: key.secret ? null : key.default,
      origin: originText(loaded.origin(path)),
      unit: key.unit,
      allowed: key.allowed,
      meaning: key.meaning,
      secret: key.secret,
    })),
    problems: loaded.problems.map(problemText),
  };
}

/** Variables of agents are named; what they hold is often a key, and stays in the file. */
function shownValue(path: string, value: unknown): unknown {
  const isVariables = path.endsWith(".env") && typeof value === "object" && value !== null &&
    !Array.isArray(value);
  if (!isVariables) return value;
  return Object.fromEntries(Object.keys(value).map((name) => [name, "(hidden)"]));
}

export const configRoute = route({
  method: "get",
  path: "/config",
  scope: "repo",
  tag: "settings",
  summary: "list every setting with its value, its meaning and where it comes from",
  answer: SETTINGS,
  handle: ({ desk, site }) => settingsOf(desk, site),
});

export const setConfigRoute = route({
  method: "put",
  path: "/config/{key}",
  scope: "repo",
  tag: "settings",
  summary: "set one setting in the config file of this repo",
  params: z.object({ key: segment() }),
  /** As it would stand in the file. */
  body: z.strictObject({ value: z.string().check(z.maxLength(10_000)) }),
  answer: SETTINGS,
  handle: async ({ desk, site, params, body }) => {
    await writeConfigKey(desk.paths.config, "repo", params.key, body.value);
    return await settingsOf(desk, site);
  },
});

const AGENT = z.looseObject({
  name: z.string(),
  kind: z.string(),
  posture: z.string(),
  account: z.nullable(z.string()),
  quota: z.array(RATE_WINDOW),
});

export const agentsRoute = route({
  method: "get",
  path: "/agents",
  scope: "repo",
  tag: "settings",
  summary: "look at the configured agents: found or not, version, login, posture, quota",
  answer: z.object({ agents: z.array(AGENT) }),
  errors: ["unavailable"],
  handle: async ({ desk, site }) => {
    const config = await desk.config();
    const { environment, clock } = site;
    const agents = await lookAtAgents({
      root: desk.paths.root,
      config,
      environment,
      clock,
      safe: site.safe,
    });
    const { past } = await desk.reading();
    const windows = past === null ? [] : readAccounts(past.views);
    return {
      agents: agents.map(({ facts, ...it }) => ({
        ...it,
        ...facts,
        quota: windows.filter(({ account }) => account === it.account),
      })),
    };
  },
});

const CHECK_ROW = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(["ok", "warning", "error"]),
  found: z.string(),
  cure: z.nullable(z.string()),
  fixable: z.boolean(),
  fixed: z.nullable(z.string()),
});

const REPORT = z.object({
  rows: z.array(CHECK_ROW),
  errors: z.int(),
  warnings: z.int(),
  fixed: z.int(),
});

async function examine(desk: RepoDesk, { clock, environment }: Site, fix: boolean) {
  const world = await openDoctorWorld(desk.paths, { clock, environment });
  try {
    return await runDoctor(world.context, DOCTOR_CHECKS, { fix });
  } finally {
    await world.close();
  }
}

const LOOK_ONLY: boolean = false;

export const doctorRoute = route({
  method: "get",
  path: "/doctor",
  scope: "repo",
  tag: "settings",
  summary: "examine what CAR needs in this repo",
  answer: REPORT,
  handle: ({ desk, site }) => examine(desk, site, LOOK_ONLY),
});

export const doctorFixRoute = route({
  method: "post",
  path: "/doctor/fix",
  scope: "repo",
  tag: "settings",
  summary: "examine it, and mend what a machine may mend",
  answer: REPORT,
  handle: ({ desk, site }) => examine(desk, site, !LOOK_ONLY),
});

export const SETTINGS_ROUTES = [
  configRoute,
  setConfigRoute,
  agentsRoute,
  doctorRoute,
  doctorFixRoute,
] as const satisfies readonly Route[];
