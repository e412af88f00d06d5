/** The workplace of one run: with what is known of its tickets and its accounts. */

import type { RunId } from "../engine/ids.ts";
import type { QuotaBook } from "./quota_book.ts";
import type { Requests } from "./requests.ts";
import type { Settlements } from "./settlements.ts";
import type { Workplace } from "./workplace.ts";

export interface AtRun extends Workplace {
  readonly run: RunId;
  readonly quota: QuotaBook;
  readonly settlements: Settlements;
  /** What agents ask during a turn. */
  readonly requests: Requests;
}
