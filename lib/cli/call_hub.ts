/** The hub a command works on: its folder, its config, its list, and whether it is being served. */

import { inspectManifest, manifestPlace, manifestProblemText } from "../control/manifest_file.ts";
import type { HubRepoRow } from "../hub/fleet/row.ts";
import type { HubGround } from "../hub/listing/candidates.ts";
import { hubGround } from "../hub/listing/hub_scanner.ts";
import { type RepoLook, repoLooks } from "../hub/listing/looks.ts";
import { hubRows } from "../hub/listing/rows.ts";
import { asServed } from "../hub/served_rows.ts";
import { openServerClient, type ServerClient } from "../hub/server_client.ts";
import { findServer } from "../hub/server_note.ts";
import { actor } from "./actor.ts";
import type { Call } from "./command.ts";
import type { ManifestRepo } from "../control/manifest.ts";

/** @throws {CarError} when the command is not given in a hub, or its config is wrong. */
export async function callGround({ context, io }: Call): Promise<HubGround> {
  return await hubGround((await context.hub()).root, io.environment());
}

export interface CallRepos {
  readonly rows: readonly HubRepoRow[];
  /** What is wrong with the manifest, one sentence each: such entries are left out. */
  readonly problems: readonly string[];
}

/** The list as the files tell it, and who serves the hub. */
export async function readCallRepos(call: Call): Promise<CallRepos> {
  const ground = await callGround(call);
  const { manifest, problems } = await inspectManifest(manifestPlace(ground.root, ground.config));
  const looks = await repoLooks(ground.root, manifest);
  const rows = await withServer(call, ground, await rowsOf(call, ground, looks));
  return { rows, problems: problems.map(manifestProblemText) };
}

/** Who serves the hub knows more of its repos than their files tell. */
async function withServer(
  call: Call,
  { config }: HubGround,
  rows: readonly HubRepoRow[],
): Promise<readonly HubRepoRow[]> {
  const server = await callServer(call, config);
  return server === null ? rows : await asServed(rows, server);
}

/** Who serves the hub, to be asked; null when nobody does, or this start may not ask. */
async function callServer(
  call: Call,
  { server: { auth_token: ownToken } }: HubGround["config"],
): Promise<(() => ServerClient) | null> {
  const { state, token: tokenPath } = await call.context.hub();
  const place = await findServer(state);
  if (place === null || call.io.confinement.type !== "none") return null;
  const by = actor(call);
  return () => openServerClient({ place, tokenPath, ownToken, by });
}

/** The hub one stands in, to be asked: by its server, and else by its files. */
export interface CallHub {
  readonly root: string;
  readonly repos: readonly ManifestRepo[];
  readonly server: (() => ServerClient) | null;
}

/** Entries of the manifest that cannot be read are remarked and left out. @throws {CarError} as `callGround`. */
export async function callHub(call: Call): Promise<CallHub> {
  const { root, config } = await callGround(call);
  const { manifest, problems } = await inspectManifest(manifestPlace(root, config));
  for (const problem of problems) call.output.remark(manifestProblemText(problem));
  return { root, repos: manifest.repos, server: await callServer(call, config) };
}

export async function rowsOf(
  { io }: Call,
  ground: HubGround,
  looks: readonly RepoLook[],
): Promise<readonly HubRepoRow[]> {
  const { clock } = io;
  return await hubRows(looks, { hubRoot: ground.root, clock, environment: io.environment() });
}

/** A change of the list goes into the file; who serves the hub watches it. */
export async function tellServed({ context, output }: Call): Promise<void> {
  const server = await findServer((await context.hub()).state);
  if (server !== null) output.say(`The hub at ${server.url} takes it up by itself.`, "dim");
}
