/** What the sections of the settings share. */

import type { Place } from "./place.ts";

export interface SettingsProps {
  readonly place: Place;
  /** The repo whose settings are shown. */
  readonly repo: string;
}
