/** The table of doctor's checks, in the order in which a person wants to read them. */

import type { Check } from "./doctor.ts";
import { GIT_CHECKS } from "./doctor_git.ts";
import { HUB_CHECKS } from "./doctor_hub.ts";
import { STATE_CHECKS } from "./doctor_state.ts";

export const DOCTOR_CHECKS = {
  ...GIT_CHECKS,
  ...STATE_CHECKS,
  ...HUB_CHECKS,
} as const satisfies Record<
  string,
  Check
>;

export type CheckId = keyof typeof DOCTOR_CHECKS;
