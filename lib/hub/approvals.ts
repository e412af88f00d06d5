/**
 * What a person has to approve before it runs in the safe posture: everything in the repo that names a
 * command, since an agent may write there, and CAR would run it outside of the agent's sandbox.
 */

import { CarError } from "../base/errors.ts";
import { oneLine, plural } from "../base/text.ts";
import type { Approvable, Approvals } from "../control/approvals.ts";
import type { RepoConfig } from "../control/config.ts";
import type { Posture } from "../engine/ports.ts";
import type { Ticket } from "../engine/ticket.ts";
import type { Workplace } from "./workplace.ts";

type Checked = Pick<Ticket, "name" | "verify">;
type Configured = Pick<
  RepoConfig,
  "agents" | "app_server" | "approvals" | "codex" | "destination" | "gate" | "git" | "opencode"
>;

/** Enough to recognise a command in a message. */
const SHOWN_CHARACTERS_MAX = 80;

/**
 * All there is to approve in a repo.
 * @param setup Commands for its worktrees that its config does not name: those of a hub's manifest.
 */
export function approvablesOf(
  config: Configured,
  tickets: readonly Checked[],
  setup: readonly string[] = [],
): readonly Approvable[] {
  return [
    ...Object.keys(config.agents).flatMap((name) => agentOf(config, name)),
    ...rulesOf(config),
    ...placeOf(config),
    ...tickets.flatMap((ticket) => checksOf(config, ticket)),
    ...checksOf(config, null),
    ...setupApprovables([...config.git.worktree_setup, ...setup]),
  ].filter((it, at, all) => all.findIndex((other) => isSame(it, other)) === at);
}

const isSame = (one: Approvable, other: Approvable): boolean =>
  one.kind === other.kind && one.text === other.text;

/**
 * Asks for nothing in the yolo posture, where the agent could run the commands itself.
 * @throws {CarError} `waiting` with what a person has to approve first.
 */
export async function requireApproved(
  place: Workplace,
  agent: string,
  ticket: Checked,
): Promise<void> {
  if (place.agents.posture(agent) === "yolo") return;
  const { config } = place;
  // All agents: another one may review, or take over. Setup runs before a run, and asks for itself.
  const needed = approvablesOf(config, [ticket]).filter((it) => it.kind !== "setup");
  const missing = await place.approvals.missing(needed);
  const [first] = missing;
  if (first === undefined) return;
  const more = missing.length === 1 ? "" : ` (and ${plural(missing.length - 1, "more")})`;
  throw new CarError(
    "waiting",
    `Nobody has approved the ${first.kind} of ${first.where} in this repo: ` +
      `${oneLine(first.text, SHOWN_CHARACTERS_MAX)}${more}`,
  );
}

/**
 * For an agent outside of a run, to which no ticket's checks belong.
 * @param posture What the config says of the agent; in `yolo` nothing is asked for.
 * @throws {CarError} `waiting` with what a person has to approve first.
 */
export async function requireApprovedPrograms(
  approvals: Approvals,
  config: Configured,
  posture: Posture,
): Promise<void> {
  if (posture === "yolo") return;
  const wanted = approvablesOf(config, []).filter(({ kind }) => kind !== "check");
  const [first] = await approvals.missing(wanted);
  if (first === undefined) return;
  throw new CarError(
    "waiting",
    `Nobody has approved the ${first.kind} of ${first.where} in this repo: ` +
      oneLine(first.text, SHOWN_CHARACTERS_MAX),
    { hint: 'Look at it and approve it with "car approve".' },
  );
}

/** The checks of a ticket, then those of every ticket. */
function checksOf(config: Configured, ticket: Checked | null): readonly Approvable[] {
  const check = (where: string) => ({ run }: { readonly run: string }): Approvable => ({
    kind: "check",
    where,
    text: run,
  });
  return [
    ...(ticket?.verify ?? []).map(check(ticket?.name ?? "")),
    ...config.gate.verify.map(check("gate.verify")),
  ];
}

/** Commands that make a new worktree ready. */
export const setupApprovables = (commands: readonly string[]): readonly Approvable[] =>
  commands.map((text) => ({ kind: "setup", where: "worktree setup", text }));

/** Rules that answer for the person. */
const rulesOf = (config: Configured): readonly Approvable[] =>
  config.approvals.allow.map((text) => ({ kind: "rule", where: "approvals.allow", text }));

/** What agents and checks see of this machine, and of which image they are part. */
function placeOf({ destination }: Pick<Configured, "destination">): readonly Approvable[] {
  if (destination.kind === "local") return [];
  return [{ kind: "destination", where: "the config", text: JSON.stringify(destination) }];
}

/** Whether the destination may be tried: nothing that the repo chose runs before a person's word. */
export async function mayTryDestination(
  { agents, approvals, config }: Pick<Workplace, "agents" | "approvals" | "config">,
): Promise<boolean> {
  if (agents.names.every((name) => agents.posture(name) === "yolo")) return true;
  return (await approvals.missing(placeOf(config))).length === 0;
}

/** What the config changes of an agent's command line; nothing when it is as CAR would have it. */
function agentOf(config: Configured, name: string): readonly Approvable[] {
  const agent = config.agents[name];
  if (agent === undefined) return [];
  const shared = SHARED[agent.kind]?.(config) ?? NOTHING;
  const command = agent.command ?? shared.command;
  const args = [...shared.args, ...agent.args];
  const env = Object.entries({ ...shared.env, ...agent.env });
  if (command === null && args.length === 0 && env.length === 0) return [];
  const words = [
    ...env.map(([key, value]) => `${key}=${JSON.stringify(value)}`),
    ...(command ?? [agent.kind]).map((word) => JSON.stringify(word)),
    ...args.map((word) => JSON.stringify(word)),
  ];
  return [{ kind: "agent", where: `agents.${name}`, text: words.join(" ") }];
}

interface Shared {
  readonly command: readonly string[] | null;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const NOTHING: Shared = { command: null, args: [], env: {} };

/** What all agents of a kind share. */
const SHARED: Readonly<Partial<Record<string, (config: Configured) => Shared>>> = {
  codex: ({ app_server, codex }) => ({
    command: app_server.command ?? (codex.binary === null ? null : [codex.binary]),
    args: codex.args,
    env: app_server.home === null ? {} : { CODEX_HOME: app_server.home },
  }),
  opencode: ({ opencode }) => ({ ...NOTHING, command: opencode.command }),
};
