/** The shapes of the inbox as the API gives them. */

import type { InboxItem } from "../lib/hub/inbox.ts";

export interface RepoInbox {
  readonly items: readonly (InboxItem & { readonly thread?: string })[];
}

export interface HubInboxItem extends InboxItem {
  readonly repo: string;
  /** Of a chat: its thread. */
  readonly thread?: string;
}

export interface HubInbox {
  readonly items: readonly HubInboxItem[];
  readonly failed: readonly { readonly repo: string; readonly message: string }[];
}
