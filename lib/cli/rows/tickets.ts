/** Rows of the commands about tickets. */

import type { ArgumentSpec, CommandSpec } from "../command.ts";

const NUMBER: ArgumentSpec = {
  name: "ticket",
  summary: "number, file name or id of the ticket",
};

export const TICKET_COMMANDS: readonly CommandSpec[] = [
  {
    path: "ticket new",
    group: "tickets",
    summary: "write a ticket",
    details:
      "On a terminal it asks for what was not given. In a pipe --title is required and nothing is asked.",
    options: [
      { type: "text", name: "title", placeholder: "TEXT", summary: "what it is called" },
      {
        type: "text",
        name: "agent",
        placeholder: "NAME",
        summary: "who works on it, else that of the last ticket; `user` is a step for a person",
      },
      { type: "text", name: "goal", placeholder: "TEXT", summary: "what is true when it is done" },
      {
        type: "texts",
        name: "verify",
        placeholder: "COMMAND",
        summary: "a check that must pass before it counts as done (repeatable)",
      },
      {
        type: "texts",
        name: "depends-on",
        placeholder: "TICKET",
        summary: "number or id of a ticket that comes before (repeatable)",
      },
      {
        type: "text",
        name: "body",
        placeholder: "TEXT",
        summary: "the text of the ticket; `-` reads it from stdin",
      },
      {
        type: "number",
        name: "at",
        placeholder: "N",
        min: 1,
        summary: "its number; the ticket that has it, and those right behind, move up",
      },
    ],
    examples: [
      { line: "car ticket new", what: "asks title, agent, goal and checks" },
      {
        line: 'car ticket new --title "Add login" --agent codex --verify "npm test"',
        what: "all by flags, for scripts",
      },
      {
        line: "car ticket new --title Notes --body - < notes.md",
        what: "the text from a file",
      },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/ticket_new.ts"),
  },
  {
    path: "ticket list",
    group: "tickets",
    summary: "list the tickets in their order",
    details: "In a pipe: number, state, agent, verdict, title, divided by tabs.",
    options: [{ type: "flag", name: "open", summary: "only tickets that are not done" }],
    examples: [
      { line: "car ticket list", what: "the whole queue" },
      { line: "car ticket list --open --json", what: "what is left, for a program" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/ticket_list.ts"),
  },
  {
    path: "ticket show",
    group: "tickets",
    summary: "print a ticket, or the evidence behind its verdicts",
    arguments: [NUMBER],
    options: [{
      type: "flag",
      name: "evidence",
      summary: "what was checked, when, on which tree, with what result; rejected claims too",
    }],
    examples: [
      { line: "car ticket show 3", what: "the ticket as it stands in its file" },
      { line: "car ticket show 3 --evidence", what: "why it counts as done, or does not" },
      { line: "car ticket show 3 --json", what: "its fields, for a program" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/ticket_show.ts"),
  },
  {
    path: "ticket lint",
    group: "tickets",
    summary: "check all tickets, and mend what is mechanical",
    details: "Ends with 1 when a problem is left.",
    options: [{ type: "flag", name: "fix", summary: "mend what can be mended without judgement" }],
    examples: [
      { line: "car ticket lint", what: "file, line and key of each problem" },
      { line: "car ticket lint --fix", what: "writes missing ids, turns `yes` to `true`" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/ticket_lint.ts"),
  },
  {
    path: "ticket move",
    group: "tickets",
    summary: "give a ticket another number",
    details: "A taken number, and those right behind it, move up by one; depends_on follows.",
    arguments: [NUMBER, { name: "to", summary: "its new number" }],
    examples: [
      { line: "car ticket move 7 2", what: "do the seventh second" },
      { line: "car ticket move TICKET-003-docs.md 9", what: "by file name" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/ticket_move.ts"),
  },
  {
    path: "ticket done",
    group: "tickets",
    summary: "mark a ticket as done",
    details: "Your word counts: no check is run.",
    arguments: [NUMBER],
    examples: [
      { line: "car ticket done 4", what: "nothing is left to do on it" },
      { line: "car ticket done 4 && car resume", what: "a step of yours, then on with the run" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/ticket_done.ts"),
  },
  {
    path: "ticket undone",
    group: "tickets",
    summary: "mark a ticket as not done",
    arguments: [NUMBER],
    examples: [
      { line: "car ticket undone 4", what: "it is worked on again" },
      { line: "car ticket undone 4 && car once", what: "at once" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/ticket_undone.ts"),
  },
  {
    path: "ticket edit",
    group: "tickets",
    summary: "open a ticket in your editor, and check it after",
    details: "The editor is $VISUAL, else $EDITOR, else vi.",
    arguments: [NUMBER],
    examples: [
      { line: "car ticket edit 3", what: "in $VISUAL or $EDITOR" },
      { line: "EDITOR=nano car ticket edit 3", what: "with another editor" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/ticket_edit.ts"),
  },
  {
    path: "ticket rm",
    group: "tickets",
    summary: "take a ticket out of the queue",
    details: "The file is kept under .codex-autorunner/archive/tickets.",
    arguments: [NUMBER],
    options: [{ type: "flag", name: "yes", short: "y", summary: "do not ask" }],
    examples: [
      { line: "car ticket rm 5", what: "asks first on a terminal" },
      { line: "car ticket rm 5 --yes", what: "in a script" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/ticket_rm.ts"),
  },
  {
    path: "ticket import",
    group: "tickets",
    summary: "add tickets from a folder or a file",
    details:
      "They are put behind the last ticket, in their order; depends_on among them follows. Nothing is added when one is broken.",
    arguments: [{ name: "path", summary: "a markdown file, or a folder of them" }],
    options: [{
      type: "text",
      name: "agent",
      placeholder: "NAME",
      summary: "who works on files that have no frontmatter; without it they are refused",
    }],
    examples: [
      { line: "car ticket import ../plans/login", what: "all markdown files of a folder" },
      { line: "car ticket import notes.md --agent codex", what: "a plain text as a ticket" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/ticket_import.ts"),
  },
];
