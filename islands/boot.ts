/** Begins in the browser: the token, the colours, the live store, then every island of the page. */

import { type ComponentType, h, hydrate } from "preact";
import { askAhead } from "./api.ts";
import { watchAttention } from "./attention.ts";
import { listenForControlKey, listenForKeys } from "./keys.ts";
import { openKeys, openPalette } from "./palette.tsx";
import { LINKS, type PageProps } from "./place.ts";
import { access, openSession } from "./session.ts";
import { openStore } from "./store.ts";
import { openTheme } from "./theme.ts";
import { PAGE_MODULES } from "./page_modules.ts";

const go = (href: string) => () => location.assign(href);

async function boot(): Promise<void> {
  openTheme();
  const island = document.querySelector<HTMLElement>("car-island");
  const load = PAGE_MODULES[island?.dataset["name"] ?? ""];
  if (island === null || load === undefined) return;
  const props: PageProps = JSON.parse(island.dataset["props"] ?? "{}");
  const first: readonly string[] = JSON.parse(island.dataset["first"] ?? "[]");
  const opened = openSession().then(() => {
    if (access.value === "open") askAhead(first);
  });
  const [page] = await Promise.all([load(), opened]);
  hydrate(h(page.default as ComponentType<PageProps>, props), island);
  island.dataset["live"] = "yes";
  listenForControlKey("k", openPalette);
  listenForKeys({
    "?": openKeys,
    "g h": go(LINKS.home()),
    "g i": go(LINKS.inbox()),
    "g c": go(LINKS.chats()),
    "g u": go(LINKS.usage()),
  });
  watchAttention();
  // A tab that gets its token later begins then.
  let begun = false;
  access.subscribe((now) => {
    if (now !== "open" || begun) return;
    begun = true;
    openStore(props.place);
  });
}

await boot();
