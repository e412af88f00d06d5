/** Addresses whose feature is not there yet: listed in the API's document, answered with 501 and why. */

import type { ErrorCode } from "../lib/base/errors.ts";
import { notThere } from "./problem.ts";
import { empty } from "./answers.ts";
import type { Method, Route, Scope } from "./route.ts";

const VOICE = "CAR does not take speech yet.";
const GITHUB = "CAR does not talk to GitHub yet.";
const TEMPLATES = "CAR has no ticket templates yet.";
const AUTOMATIONS = "CAR has no automations yet.";

const FAILS: readonly ErrorCode[] = ["unavailable"];

function row(method: Method, path: string, scope: Scope, tag: string, missing: string): Route {
  return {
    method,
    path,
    scope,
    tag,
    summary: `not there yet: ${missing.replace(/\.$/, "")}`,
    errors: FAILS,
    missing,
    answer: empty(),
    handle: () => {
      throw notThere(missing);
    },
  };
}

export const NOT_YET_ROUTES = [
  row("get", "/voice/config", "repo", "voice", VOICE),
  row("post", "/voice/transcribe", "repo", "voice", VOICE),
  row("get", "/github/status", "repo", "github", GITHUB),
  row("post", "/github/pr", "repo", "github", GITHUB),
  row("post", "/github/issues", "repo", "github", GITHUB),
  row("get", "/hub/templates", "hub", "templates", TEMPLATES),
  row("get", "/hub/automations", "hub", "automations", AUTOMATIONS),
  row("post", "/hub/automations", "hub", "automations", AUTOMATIONS),
] as const satisfies readonly Route[];
