/** Rows of the commands of the page and the API. */

import type { CommandSpec, OptionSpec } from "../command.ts";

const HOST: OptionSpec = {
  name: "host",
  type: "text",
  placeholder: "address",
  summary: "listen on this address instead of server.host",
};
const PORT: OptionSpec = {
  name: "port",
  type: "number",
  placeholder: "n",
  summary: "listen on this port instead of server.port; 0 takes a free one",
};
const OPEN: OptionSpec = { name: "open", type: "flag", summary: "open it in the browser" };
const DRAIN: OptionSpec = {
  name: "drain",
  type: "flag",
  summary: "when told to end, let turns in hand come to their end first",
};
const OPTIONS = [HOST, PORT, OPEN, DRAIN];

const DETAILS =
  "Listens on 127.0.0.1 and [::1] and works the runs of this hub, or of this one repo. The address it prints " +
  "holds the token that lets you in. Ctrl-C once ends the agents' turns politely and then CAR; what was on goes " +
  "on at the next start. docs/SERVICE.md tells how a service manager starts it.";

const load = () => import("../commands/serve.ts");

export const SERVE_COMMANDS: readonly CommandSpec[] = [
  {
    path: "serve",
    group: "start",
    summary: "serve the page and the API, and work the runs",
    details: DETAILS,
    options: OPTIONS,
    examples: [
      { line: "car serve", what: "in a hub: all its repos; in a repo: that one" },
      { line: "car serve --port 0 --json", what: "on a free port, which the first line tells" },
    ],
    mode: "either",
    changes: true,
    load,
  },
  {
    path: "web",
    group: "start",
    summary: "print the page's address, and serve it unless it is served already",
    details: DETAILS,
    options: OPTIONS,
    examples: [
      { line: "car web --open", what: "opens it in the browser" },
      { line: "car web", what: "only the address, when CAR serves already" },
    ],
    mode: "either",
    changes: true,
    load,
  },
  {
    path: "hub serve",
    group: "start",
    summary: "serve the hub: its page, its API and the runs of its repos",
    details: DETAILS,
    options: OPTIONS,
    examples: [
      { line: "car hub serve", what: "in the hub's folder" },
      { line: "car hub serve --drain", what: "for a service manager that can wait" },
    ],
    mode: "hub",
    changes: true,
    load,
  },
  {
    path: "token rotate",
    group: "setup",
    summary: "make a new token; the old one is refused from then on",
    examples: [
      { line: "car token rotate", what: "after the address was seen by others" },
      { line: "car token rotate && car web", what: "and the new address" },
    ],
    mode: "either",
    changes: true,
    load: () => import("../commands/token.ts"),
  },
  {
    path: "token show",
    group: "setup",
    summary: "print the token that programs send as Authorization: Bearer",
    examples: [
      { line: "car token show", what: "by itself" },
      {
        line:
          'curl -H "Authorization: Bearer $(car token show)" http://127.0.0.1:4173/api/openapi.json',
        what: "in a script",
      },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/token.ts"),
  },
];
