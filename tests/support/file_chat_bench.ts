/** File chats over a real repo with the shell agent, and what tests wait for. */

import { systemClock } from "../../lib/base/clock.ts";
import { repoPaths } from "../../lib/control/roots.ts";
import type { RepoDesk } from "../../lib/hub/fleet/desk.ts";
import { FileChats } from "../../lib/hub/file_chat/file_chats.ts";
import type { FileChatEvent } from "../../lib/hub/file_chat/progress.ts";
import type { FileChatView } from "../../lib/hub/file_chat/view.ts";
import { hubEnvironment, makeHubFolder } from "./hub_folder.ts";
import { type OpenHub, openHub } from "./open_hub.ts";

export interface FileChatBench extends AsyncDisposable {
  readonly desk: RepoDesk;
  readonly hub: OpenHub;
  readonly root: string;
  /** An empty HOME. */
  readonly home: string;
  readonly chats: FileChats;
  /** Other ones over the same repo, as another process would have them. */
  others(): FileChats;
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
}

export const CHAT_CONFIG = "runner:\n  default_agent: shell\n";

/** @param config Lines of the repo's config. */
export async function openFileChatBench(config = CHAT_CONFIG): Promise<FileChatBench> {
  const folder = await makeHubFolder({ repos: ["alpha"], config });
  const hub = await openHub(folder);
  const root = folder.repo("alpha");
  const opened: FileChats[] = [];
  const others = () => {
    const chats = new FileChats({
      clock: systemClock,
      environment: hubEnvironment(folder.home),
      safe: false,
    });
    opened.push(chats);
    return chats;
  };
  return {
    desk: hub.desk("alpha"),
    hub,
    root,
    home: folder.home,
    chats: others(),
    others,
    write: (path, text) => Deno.writeTextFile(`${root}/${path}`, text),
    read: (path) => Deno.readTextFile(`${root}/${path}`),
    async [Symbol.asyncDispose]() {
      for (const chats of opened) await chats.close();
      await hub[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The path of a ticket in a repo. */
export const ticketAt = (name: string): string => `${repoPaths("/").tickets.slice(1)}/${name}`;

/** A block of commands as a person asks the shell agent for it. */
export const sh = (script: string): string => `Please:\n\n\`\`\`sh\n${script}\n\`\`\`\n`;

/** Asks, and resolves with the draft when the answer has been given. */
export async function asked(
  { chats, desk }: Pick<FileChatBench, "chats" | "desk">,
  wish: Omit<Parameters<FileChats["ask"]>[1], "by">,
): Promise<FileChatView> {
  const { id } = await chats.ask(desk, { ...wish, by: "web:anna" });
  await chats.rested(id);
  return await chats.get(desk, id);
}

/** Resolves with the first event of a draft that is so. */
export function untilTold(
  { chats, desk }: Pick<FileChatBench, "chats" | "desk">,
  id: string,
  is: (event: FileChatEvent) => boolean,
): Promise<FileChatEvent> {
  const over = new AbortController();
  return new Promise<FileChatEvent>((resolve, reject) => {
    chats.follow(desk, id, (event) => {
      if (is(event)) resolve(event);
    }, over.signal).catch(reject);
  }).finally(() => over.abort());
}
