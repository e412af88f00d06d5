/** The chat threads of a server: opened when somebody asks for them, or when something waits in them. */

import { exists } from "../../control/files.ts";
import { orchestrationPaths } from "../../control/orchestration.ts";
import { repoPaths } from "../../control/roots.ts";
import { openThreadDesk, type ThreadDeskOptions } from "./desk.ts";
import type { ThreadInboxItem } from "./inbox.ts";
import type { Threads } from "./threads.ts";

export class KeptThreads {
  readonly #options: ThreadDeskOptions;
  #opening: Promise<Threads> | null = null;
  #closed = false;

  constructor(options: ThreadDeskOptions) {
    this.#options = options;
  }

  /** Shared by all callers. One that could not be opened is tried again. @throws {CarError} as `openThreadDesk`. */
  open(): Promise<Threads> {
    const opening = this.#opening ??= openThreadDesk(this.#options);
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return opening;
  }

  /** What agents of chats ask; nothing where there are no threads. @param root Only those at work there. */
  async inbox(root?: string): Promise<readonly ThreadInboxItem[]> {
    return await this.#exists() ? (await this.open()).inbox(root) : [];
  }

  #exists(): Promise<boolean> {
    return exists(orchestrationPaths(repoPaths(this.#options.home).state).database);
  }

  /** Goes on with what a dead CAR left, and with what waits. Nothing to do where there are no threads. */
  async takeUp(): Promise<void> {
    if (this.#closed || !await this.#exists()) return;
    (await this.open()).takeUp();
  }

  /** Ends the answers that are being given, politely. */
  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#opening?.catch(() => null))?.close();
  }
}
