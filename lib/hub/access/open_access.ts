/** Puts together what stands between a call and the house, from the settings of one server. */

import type { Clock } from "../../base/clock.ts";
import type { Access, Caller } from "./access.ts";
import { AuditLog } from "./audit_log.ts";
import { type DoorSettings, doorsOf } from "./doors.ts";
import { EntryTickets } from "./entry_tickets.ts";
import { Guesses } from "./guesses.ts";
import { TokenSource } from "./token.ts";

/** Size at which the audit log is set aside, in bytes, and how many of those are kept. */
const AUDIT_BYTES_MAX = 10_000_000;
const AUDIT_BACKUPS = 3;

export interface AccessOptions {
  /** The folder of the state: `.codex-autorunner` of the hub or repo. */
  readonly state: string;
  readonly tokenPath: string;
  readonly settings: DoorSettings & { readonly auth_token: string | null };
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  /** Told every token that comes in force. */
  readonly onToken: (token: string) => void;
  readonly log: (words: string) => void;
}

/** @throws {CarError} `invalid` for a token of the person's own that is no good; `unavailable`. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { state, tokenPath, settings, clock, redact, onToken, log } = options;
  return {
    clock,
    doors: doorsOf(settings, 0),
    token: await TokenSource.open(tokenPath, settings.auth_token, onToken),
    guesses: new Guesses(clock),
    tickets: new EntryTickets<Caller>(clock),
    audit: new AuditLog({
      path: `${state}/audit.log`,
      bytesMax: AUDIT_BYTES_MAX,
      backups: AUDIT_BACKUPS,
      clean: redact,
      onLoss: (thrown) =>
        log(
          `The audit log cannot be written: ${thrown instanceof Error ? thrown.message : thrown}`,
        ),
    }),
  };
}
