/** Rows of the commands about the list of a hub's repos. */

import type { ArgumentSpec, CommandSpec } from "../command.ts";

const ID: ArgumentSpec = { name: "id", summary: "its name in `car hub repos`" };

const BESIDE = "A hub that is being served takes the change up by itself.";

const changing = () => import("../commands/hub_change.ts");

export const HUB_COMMANDS: readonly CommandSpec[] = [
  {
    path: "hub scan",
    group: "hub",
    summary: "look through the hub's folders, list what is new and set CAR up in it",
    details:
      "One level of hub.repos_root and of hub.worktrees_root; hidden folders and links are left alone. Repos that are gone " +
      `stay listed as missing, a renamed folder is a second entry. Safe to repeat. ${BESIDE}`,
    examples: [
      { line: "car hub scan", what: "and see the list" },
      { line: "car hub scan --json", what: "with what was added, initialised and skipped" },
    ],
    mode: "hub",
    changes: true,
    load: () => import("../commands/hub_scan.ts"),
  },
  {
    path: "hub repos",
    group: "hub",
    summary: "list the hub's repos and what each of them does",
    details: "Reads the files of the repos, whether or not the hub is being served.",
    examples: [
      { line: "car hub repos", what: "state, tickets and reason of each" },
      { line: "car hub repos --json", what: "for a program" },
    ],
    mode: "hub",
    changes: false,
    load: () => import("../commands/hub_repos.ts"),
  },
  {
    path: "hub add",
    group: "hub",
    summary: "list a git repo, wherever it lies, and set CAR up in it",
    details:
      `A repo outside of the hub's folder is listed by its full path; it does not take the hub's shared settings unless the hub runs it. ${BESIDE}`,
    arguments: [{ name: "path", summary: "the repo's top folder" }],
    options: [{
      type: "text",
      name: "id",
      placeholder: "ID",
      summary: "its name in the hub, instead of the folder's",
    }],
    examples: [
      { line: "car hub add ../shop", what: "by its full path" },
      { line: "car hub add shop --id webshop", what: "under another name" },
    ],
    mode: "hub",
    changes: true,
    load: () => import("../commands/hub_add.ts"),
  },
  {
    path: "hub clone",
    group: "hub",
    summary: "clone a repo into the hub, list it and set CAR up in it",
    details:
      "Nobody is asked for a password: keys and credential helpers of git are used as they are. A clone that tells nothing " +
      "for git.network_timeout_seconds is ended, and one that fails leaves nothing behind.",
    arguments: [
      { name: "url", summary: "an address that git knows, or a path" },
      { name: "name", summary: "the folder it goes into", isOptional: true },
    ],
    examples: [
      { line: "car hub clone https://example.org/shop.git", what: "into shop" },
      { line: "car hub clone git@example.org:team/shop.git webshop", what: "into webshop" },
    ],
    mode: "hub",
    changes: true,
    load: () => import("../commands/hub_clone.ts"),
  },
  {
    path: "hub remove",
    group: "hub",
    summary: "take a repo off the hub's list; no file of it is touched",
    details:
      "Refused while somebody works in it. A repo that lies in one of the hub's folders is listed again by the next scan: " +
      "`car hub disable` keeps it listed and unworked.",
    arguments: [ID],
    examples: [
      { line: "car hub remove shop", what: "only the entry goes" },
      { line: "car hub remove shop --json", what: "for a program" },
    ],
    mode: "hub",
    changes: true,
    load: () => import("../commands/hub_remove.ts"),
  },
  {
    path: "hub enable",
    group: "hub",
    summary: "let the hub work in a repo again",
    details: BESIDE,
    arguments: [ID],
    examples: [
      { line: "car hub enable shop", what: "it may be started" },
      { line: "car hub enable shop --json", what: "for a program" },
    ],
    mode: "hub",
    changes: true,
    load: changing,
  },
  {
    path: "hub disable",
    group: "hub",
    summary: "keep a repo listed, but start nothing in it",
    details: `A run that is on goes on. ${BESIDE}`,
    arguments: [ID],
    examples: [
      { line: "car hub disable shop", what: "until it is enabled" },
      { line: "car hub disable shop --json", what: "for a program" },
    ],
    mode: "hub",
    changes: true,
    load: changing,
  },
  {
    path: "hub auto-run",
    group: "hub",
    summary: "say whether the hub starts a repo's run by itself",
    details: BESIDE,
    arguments: [ID, { name: "switch", summary: "on or off", choices: ["on", "off"] }],
    examples: [
      { line: "car hub auto-run shop on", what: "whenever it has open tickets" },
      { line: "car hub auto-run shop off", what: "only when it is asked to" },
    ],
    mode: "hub",
    changes: true,
    load: changing,
  },
  {
    path: "hub endpoint",
    group: "hub",
    summary: "print where the hub answers; ends with 1 when it is not served",
    examples: [
      { line: "car hub endpoint", what: "its address" },
      { line: "car hub endpoint --json", what: "with its process and its socket" },
    ],
    mode: "hub",
    changes: false,
    load: () => import("../commands/hub_endpoint.ts"),
  },
];
