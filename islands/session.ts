/**
 * The token of this tab: it comes in the fragment of the address that `car web` prints, is kept for
 * the life of the tab, and is handed to other tabs of the same page when they ask.
 */

import { signal } from "@preact/signals";

const KEY = "car-token";
const CHANNEL = "car-token";
/** Other tabs answer within this, in milliseconds; nobody there means that a person must. */
const ASK_MS = 250;

export type Access = "asking" | "open" | "closed";

/** Whether this tab may ask the server anything. */
export const access = signal<Access>("asking");

/** A token was there, and the server did not take it. */
export const wasRefused = signal<"no" | "yes">("no");

let token: string | null = null;

/** The header that opens the API; empty without a token. */
export const bearer = (): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` };

/** Takes the token from the address, this tab or another one. Answers others from then on. */
export async function openSession(): Promise<void> {
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : null;
  channel?.addEventListener("message", ({ data }) => {
    if (data === "who has it?" && token !== null && access.value === "open") {
      channel.postMessage({ token });
    }
  });
  const given = fromAddress() ?? sessionStorage.getItem(KEY) ?? await askOtherTabs(channel);
  if (given === null) access.value = "closed";
  else giveToken(given);
}

/** Takes a token, from the address or typed in by a person. */
export function giveToken(given: string): void {
  token = given.trim();
  sessionStorage.setItem(KEY, token);
  wasRefused.value = "no";
  access.value = "open";
}

/** The server refuses the token: it was changed, or another CAR answers at this address. */
export function forgetToken(): void {
  token = null;
  sessionStorage.removeItem(KEY);
  wasRefused.value = "yes";
  access.value = "closed";
}

/** Taken out of the address at once, so that it stays in no history and no copied link. */
function fromAddress(): string | null {
  const found = /^#(?:t|token)=([\w.~-]+)$/.exec(location.hash)?.[1] ?? null;
  if (found !== null) history.replaceState(null, "", location.pathname + location.search);
  return found;
}

function askOtherTabs(channel: BroadcastChannel | null): Promise<string | null> {
  if (channel === null) return Promise.resolve(null);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  channel.addEventListener("message", ({ data }) => {
    if (typeof data?.token === "string") resolve(data.token);
  });
  channel.postMessage("who has it?");
  setTimeout(resolve, ASK_MS, null);
  return promise;
}
