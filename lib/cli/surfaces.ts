/**
 * What main.ts puts beside the commands and the commands may not import themselves: loaded when a
 * command needs it, so that all others stay quick.
 */

import { CarError } from "../base/errors.ts";

export interface Surfaces {
  /** The HTTP server with its routes and pages. */
  readonly server: () => Promise<typeof import("../../routes/serve.ts")>;
  /** What the server answers, a line for each route. */
  readonly routes: () => Promise<typeof import("../../routes/summaries.ts")>;
}

/** For commands of tests, and wherever nothing was put beside them. */
export const NO_SURFACES: Surfaces = { server: none, routes: none };

function none(): Promise<never> {
  return Promise.reject(new CarError("unavailable", "This start of CAR has no server with it."));
}
