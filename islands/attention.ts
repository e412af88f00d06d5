/** Tells of what waits for a person where he looks last: the tab's icon and title, and a notification. */

import { effect } from "@preact/signals";
import { attention } from "./store.ts";

const NOTIFY_KEY = "car-notify";

/** Whether this browser was asked to notify, and lets the page do so. */
export const notifies = (): boolean =>
  "Notification" in globalThis && Notification.permission === "granted" &&
  localStorage.getItem(NOTIFY_KEY) === "yes";

/** Asks the browser once. @returns Whether it will notify. */
export async function setNotifies(wanted: boolean): Promise<boolean> {
  localStorage.setItem(NOTIFY_KEY, wanted ? "yes" : "no");
  if (wanted && "Notification" in globalThis && Notification.permission === "default") {
    await Notification.requestPermission();
  }
  return notifies();
}

/** Marks the tab while something waits, and notifies when there is more of it than before. */
export function watchAttention(): void {
  const title = document.title;
  let before: number | null = null;
  effect(() => {
    const now = attention.value;
    document.title = now === 0 ? title : `(${now}) ${title}`;
    document.querySelector<HTMLLinkElement>('link[rel="icon"]')
      ?.setAttribute("href", now === 0 ? "/mark.svg" : "/mark_attention.svg");
    if (before !== null && now > before && document.hidden && notifies()) {
      new Notification("CAR needs you", {
        body: now === 1 ? "One thing waits in the inbox." : `${now} things wait in the inbox.`,
        tag: "car-attention",
      });
    }
    before = now;
  });
}
