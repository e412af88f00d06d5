/** Light, dark, or as the system says; remembered in this browser. */

import { signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "car-theme";

export const theme = signal<Theme>("system");

const isTheme = (text: string | null): text is Theme => THEMES.some((it) => it === text);

export function openTheme(): void {
  const kept = localStorage.getItem(KEY);
  setTheme(isTheme(kept) ? kept : "system");
}

export function setTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
  localStorage.setItem(KEY, chosen);
}
