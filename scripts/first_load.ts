/** What a page's first visit costs: the bytes that come over the wire before it can be used. */

import type { ClientList } from "./build_client.ts";

/** Of the script, the style sheet and the chunks a page needs at once, packed by gzip as they are sent. */
export function firstLoadBytes(folder: string, list: ClientList): ReadonlyMap<string, number> {
  const shared = [list.script, list.style, ...list.pages[""] ?? []];
  const pages = Object.entries(list.pages).filter(([page]) => page !== "");
  return new Map(pages.map(([page, chunks]) => [
    page,
    [...shared, ...chunks].reduce((sum, name) => sum + sentBytes(`${folder}/${name}`), 0),
  ]));
}

/** A file that is too small to be packed is sent as it is. */
function sentBytes(path: string): number {
  try {
    return Deno.statSync(`${path}.gz`).size;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return Deno.statSync(path).size;
    throw thrown;
  }
}
