/** Opens a session on a running agent: continued where that can be had, and set as it was asked for. */

import { CarError } from "../../base/errors.ts";
import type { Posture } from "../../engine/ports.ts";
import { RpcError } from "../wire/jsonrpc.ts";
import { type Call, choose, offerOf } from "./choices.ts";
import type { AcpConnection } from "./connection.ts";
import { AUTH_REQUIRED, METHOD_NOT_FOUND } from "./errors.ts";
import type { PostureRow } from "./presets.ts";
import { type Fields, textAt } from "./reading.ts";

/** A session is made or read back within seconds, also a long one on a busy machine. */
const SESSION_MS = 60_000;
/** A setting is a word in the agent's memory. */
const SETTING_MS = 20_000;

export interface Settings {
  readonly model: string | null;
  readonly reasoning: string | null;
  /** The mode by name; else that of the posture counts. */
  readonly mode: string | null;
  readonly posture: Posture;
  readonly row: PostureRow;
}

export interface Session {
  readonly id: string;
  readonly isNew: boolean;
  /** What a person should know of how it came to be. */
  readonly notices: readonly string[];
}

/**
 * @param resume the session to continue, or null.
 * @throws {RpcError} what the agent refuses. @throws {CarError} `invalid` for a setting it does not have.
 */
export async function openSession(
  connection: AcpConnection,
  repo: string,
  resume: string | null,
  settings: Settings,
): Promise<Session> {
  const notices: string[] = [];
  const continued = resume === null ? undefined : await continueSession(connection, repo, resume);
  if (resume !== null && continued === undefined) {
    notices.push("The agent could not take up its earlier session; a new one was begun.");
  }
  const session = continued ?? await connection.call("session/new", place(repo), SESSION_MS);
  const id = continued === undefined ? textAt(session, "sessionId") : resume;
  if (id === undefined || id === null) {
    throw new CarError("unavailable", "The agent opened a session without an id", {
      hint: "It does not keep to the protocol; another version of it may.",
    });
  }
  for (const { method, params } of callsFor(session, settings, notices)) {
    await connection.call(method, { sessionId: id, ...params }, SETTING_MS);
  }
  return { id, isNew: continued === undefined, notices };
}

const place = (repo: string) => ({ cwd: repo, mcpServers: [] });

/** Undefined: the agent does not have it any more, or cannot. A missing login is told. */
async function continueSession(
  connection: AcpConnection,
  repo: string,
  id: string,
): Promise<Fields | undefined> {
  const { canLoad, canResume } = connection.info;
  const ways = [
    ...(canResume ? ["session/resume"] : []),
    ...(canLoad ? ["session/load"] : []),
  ];
  for (const method of ways) {
    try {
      return await connection.call(method, { sessionId: id, ...place(repo) }, SESSION_MS);
    } catch (thrown) {
      // Some advertise what they do not have, and the codes for a lost session differ.
      if (!(thrown instanceof RpcError) || thrown.code === AUTH_REQUIRED) throw thrown;
    }
  }
  return undefined;
}

/**
 * What an agent replays of an earlier session, handed to `hear`.
 * @returns False: it cannot replay one. Throws as `RpcPeer.call`.
 */
export async function replaySession(
  connection: AcpConnection,
  repo: string,
  id: string,
): Promise<boolean> {
  if (!connection.info.canLoad) return false;
  try {
    await connection.call("session/load", { sessionId: id, ...place(repo) }, SESSION_MS);
    return true;
  } catch (thrown) {
    if (thrown instanceof RpcError && thrown.code === METHOD_NOT_FOUND) return false;
    throw thrown;
  }
}

function callsFor(session: Fields, settings: Settings, notices: string[]): Call[] {
  const { model, reasoning } = settings;
  const mode = modeFor(session, settings);
  if (reasoning !== null && offerOf(session, "thought_level") === undefined) {
    notices.push(
      `This agent offers no choice of a reasoning effort; "${reasoning}" has no effect.`,
    );
  }
  const effort = offerOf(session, "thought_level") === undefined ? null : reasoning;
  return [
    mode === null ? undefined : choose(session, "mode", mode),
    model === null ? undefined : choose(session, "model", model),
    // Last: the efforts there are may hang on the model.
    effort === null ? undefined : choose(session, "thought_level", effort),
  ].filter((call) => call !== undefined);
}

/** @throws {CarError} `invalid` when the posture needs a mode that the agent does not offer. */
function modeFor(session: Fields, { mode, posture, row }: Settings): string | null {
  if (mode !== null) return mode;
  const wanted = row.modes ?? [];
  const offered = offerOf(session, "mode")?.values.map(({ id }) => id) ?? [];
  const found = wanted.find((it) => offered.includes(it));
  if (found !== undefined || wanted.length === 0 || posture === "yolo") return found ?? null;
  throw new CarError(
    "invalid",
    `The posture "${posture}" needs the agent's mode "${
      wanted.join('" or "')
    }", which it does not offer`,
    {
      hint: `It offers: ${
        offered.join(", ") || "none"
      }. Set agents.NAME.mode to the one that fits.`,
    },
  );
}
