/** What every page shows beside its own matter: the repos, what waits for a person, the connection. */

import { computed, signal } from "@preact/signals";
import type { HubRepoRow } from "../lib/hub/fleet/row.ts";
import { get } from "./api.ts";
import { type LiveMessage, type LiveStream, openLive } from "./live.ts";
import { type Place, repoApi, rowsPath } from "./place.ts";
import { Problem } from "./problem.ts";
import { lookAgain } from "./resource.ts";
import { whileSeen } from "./showing.ts";

export type RepoRow = HubRepoRow;

/** Null until the first answer. */
export const rows = signal<readonly RepoRow[] | null>(null);
export const rowsProblem = signal<Problem | null>(null);

/** What waits in chats about the hub as a whole. */
const ofHub = signal(0);

/** As many as the inbox has. */
export const attention = computed(() =>
  (rows.value ?? []).reduce((sum, row) => sum + row.attention, ofHub.value)
);

export const rowOf = (repo: string | null): RepoRow | undefined =>
  rows.value?.find((row) => row.id === repo);

/** The one stream of this page; null before it is opened. */
export const stream = signal<LiveStream | null>(null);

const listeners = new Set<(it: LiveMessage) => void>();

/** Every message of the stream. @returns Ends it. */
export function onLive(listener: (it: LiveMessage) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** So that one tab of many goes on to notify while nobody looks. */
const KEEPS_ONE: boolean = true;

/** Changes that come together are answered by one look, in milliseconds. */
const LOOK_MS = 120;

let looking: ReturnType<typeof setTimeout> | undefined;

/** Starts the store: the list now, and again whenever the server says that it has changed. */
export function openStore(place: Place): void {
  const path = place.mode === "hub" ? "/hub/events" : `${repoApi(place)}/live`;
  const lookSoon = () => {
    looking ??= setTimeout(() => {
      looking = undefined;
      void lookAtRows(place);
    }, LOOK_MS);
  };
  stream.value = openLive(path, (message) => {
    if (message.type === "reset") lookAgain.value++;
    lookSoon();
    for (const listener of listeners) listener(message);
  }, whileSeen(KEEPS_ONE));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stream.value?.retry();
  });
  void lookAtRows(place);
}

interface HubList {
  readonly repos: readonly RepoRow[];
  readonly attention: number;
}

/** The rows as they are now. */
export async function lookAtRows(place: Place): Promise<void> {
  try {
    const answer = await get<RepoRow | HubList>(rowsPath(place));
    ofHub.value = "repos" in answer ? answer.attention : 0;
    rows.value = "repos" in answer ? answer.repos : [answer];
    rowsProblem.value = null;
  } catch (thrown) {
    rowsProblem.value = Problem.of(thrown);
  }
}
