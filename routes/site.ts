/** What every handler may use of the running system, put together once at the start. */

import type { Clock } from "../lib/base/clock.ts";
import type { Access } from "../lib/hub/access/access.ts";
import type { FileChats } from "../lib/hub/file_chat/file_chats.ts";
import type { Fleet } from "../lib/hub/fleet/fleet.ts";
import type { RepoTerminals } from "../lib/hub/terminals/repo_terminals.ts";
import type { KeptThreads } from "../lib/hub/threads/kept_desk.ts";
import type { HubNews } from "./hub_news.ts";

export interface Site {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly access: Access;
  /** Chats with agents; opened when first asked for. */
  readonly threads: KeptThreads;
  /** Opened by pages; ended with the server. */
  readonly terminals: RepoTerminals;
  /** Drafts that agents make of single files. */
  readonly fileChats: FileChats;
  /** CAR's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** CAR was started with --safe. */
  readonly safe: boolean;
  /** Fresh for each start: part of cursors that mean nothing to another. */
  readonly boot: string;
  /** Wall time of the start. */
  readonly startedMs: number;
  /** The API's document. */
  readonly document: () => Readonly<Record<string, unknown>>;
  /** What happens in any repo. */
  readonly news: HubNews;
  /** How many streams are open. */
  readonly streams: () => number;
  /** Takes every secret CAR knows of out of a text that leaves it. */
  readonly redact: (text: string) => string;
  /** Writes a line into CAR's log; never throws. */
  readonly log: (words: string) => void;
}
