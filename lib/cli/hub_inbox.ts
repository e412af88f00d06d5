/** `car inbox` in a hub's folder: what waits in any of its repos, and which of it an answer is for. */

import * as z from "zod/mini";
import { CarError } from "../base/errors.ts";
import { askServer } from "../hub/ask_server.ts";
import { type HubInboxItem, inHub, readHubInbox } from "../hub/hub_inbox.ts";
import { isChatItem } from "../hub/threads/inbox.ts";
import type { RepoFailure } from "../hub/usage.ts";
import { type CallHub, callHub } from "./call_hub.ts";
import type { Call } from "./command.ts";
import { itemJson, itemLines } from "./inbox_view.ts";

const SERVED_ITEM = z.looseObject({
  repo: z.string(),
  id: z.string(),
  kind: z.enum(["approval", "question", "handoff", "pause"]),
  title: z.string(),
  detail: z.string(),
  ticket: z.nullable(z.string()),
  sinceMs: z.number(),
  expiresMs: z.nullable(z.number()),
  next: z.string(),
});

const SERVED = z.object({
  items: z.array(SERVED_ITEM),
  failed: z.array(z.object({ repo: z.string(), message: z.string() })),
});

type ToldItem = Omit<HubInboxItem, "request" | "pause">;

interface ToldInbox {
  readonly items: readonly ToldItem[];
  readonly failed: readonly RepoFailure[];
}

/** Who serves the hub has it at hand; else the files tell. */
async function hubInbox(call: Call, { root, repos, server }: CallHub): Promise<ToldInbox> {
  const served = server === null ? null : await askServer(server, SERVED, "GET /hub/inbox");
  return served ?? await readHubInbox(root, repos, call.io.environment());
}

export async function showHubInbox(call: Call): Promise<number> {
  const { output, io, json } = call;
  const { items, failed } = await hubInbox(call, await callHub(call));
  // A chat's item has a number of its own in the whole hub.
  const told = items.map((it) => isChatItem(it.id) ? it : { ...it, next: inHub(it.next, it.repo) });
  for (const { repo, message } of failed) output.remark(`${repo}: ${message}`);
  if (json) output.json(told.map(itemJson));
  else if (told.length === 0) output.say("Nothing waits for you in this hub.");
  for (const item of json ? [] : told) {
    for (const { text, tone } of itemLines(item, io.clock.now())) output.line(text, tone);
  }
  return failed.length === 0 ? 0 : 1;
}

/**
 * The root of the repo whose agent asks this, when only one does.
 * @throws {CarError} `not_found`, and `usage` when several repos have such an item.
 */
export async function repoOfItem(call: Call, id: string): Promise<string> {
  const hub = await callHub(call);
  const { items } = await hubInbox(call, hub);
  const open = items.filter((it) => it.kind === "approval" || it.kind === "question");
  const meant = open.filter((it) => it.id === id);
  const [only] = meant;
  const root = hub.repos.find((it) => it.id === only?.repo)?.root;
  if (meant.length === 1 && root !== undefined) return root;
  if (meant.length > 1) throw ambiguous(id, meant);
  throw new CarError("not_found", `No request ${id} waits for an answer in this hub.`, {
    hint: open.length === 0
      ? "Nothing is open; see `car inbox`."
      : `Open are: ${open.map((it) => `${it.id} --repo ${it.repo}`).join(", ")}.`,
  });
}

function ambiguous(id: string, meant: readonly ToldItem[]): CarError {
  const repos = meant.map((it) => it.repo);
  return new CarError("usage", `A request ${id} waits in ${repos.join(" and ")}.`, {
    hint: `Name the repo too, as in \`car inbox answer ${id} yes --repo ${repos[0]}\`.`,
  });
}
