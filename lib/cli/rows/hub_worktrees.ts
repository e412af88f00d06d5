/** Rows of the commands about the worktrees of a hub's repos. */

import type { CommandSpec, OptionSpec } from "../command.ts";

const ID = { name: "id", summary: "its name in `car hub worktree list`" } as const;

const DELETE_BRANCH: OptionSpec = {
  name: "delete-branch",
  type: "flag",
  summary: "delete its branch too, if that is pushed or merged",
};

export const HUB_WORKTREE_COMMANDS: readonly CommandSpec[] = [
  {
    path: "hub worktree create",
    group: "hub",
    summary: "make a worktree of a repo, with a branch checked out and CAR set up in it",
    details:
      "A branch that is there is used as it is; one that the remote has is followed. Any other begins at --from, else at " +
      "the repo's own branch, or where its remote has gone on from that. A remote is asked first where there is one.\n\n" +
      "The repo's config is copied, then its setup commands run (git.worktree_setup, and `setup` in the hub's manifest). " +
      "If one fails, the worktree stays; the same command again repeats the setup.",
    arguments: [
      { name: "repo", summary: "its name in the hub" },
      { name: "branch", summary: "the branch, new or not" },
    ],
    options: [
      { name: "from", type: "text", placeholder: "commit", summary: "where a new branch begins" },
      { name: "with-tickets", type: "flag", summary: "copy the repo's open tickets into it" },
      { name: "with-context", type: "flag", summary: "copy the repo's contextspace into it" },
      { name: "skip-setup", type: "flag", summary: "leave the setup commands out" },
    ],
    examples: [
      {
        line: "car hub worktree create shop feature/login",
        what: "in worktrees/shop--feature-login",
      },
      {
        line: "car hub worktree create shop fix --from v1.2 --with-tickets",
        what: "from a tag, with the open tickets",
      },
    ],
    mode: "hub",
    changes: true,
    load: () => import("../commands/hub_worktree_create.ts"),
  },
  {
    path: "hub worktree list",
    group: "hub",
    summary: "list the worktrees with what is in them that is nowhere else",
    details:
      "In a hub those of all its repos, in a repo its own, those of `car run --worktree` among them.",
    examples: [
      { line: "car hub worktree list", what: "dirt, commits, run and archive of each" },
      { line: "car hub worktree list --json", what: "for a program" },
    ],
    mode: "either",
    changes: false,
    load: () => import("../commands/hub_worktree_list.ts"),
  },
  {
    path: "hub worktree cleanup",
    group: "hub",
    summary: "remove a worktree and keep its work: branch, changes, tickets and runs",
    details:
      "Changed and untracked files go to a ref (`git stash apply REF` brings them back), tickets, contextspace, runs and " +
      "journal to the repo's .codex-autorunner/archive/worktrees. The branch stays. Files that git ignores are removed.\n\n" +
      "It refuses while a run is on, and for what it cannot keep.",
    arguments: [ID],
    options: [
      DELETE_BRANCH,
      { name: "force", type: "flag", summary: "remove it whatever speaks against it" },
    ],
    examples: [
      { line: "car hub worktree cleanup shop--fix", what: "and keep the branch" },
      { line: "car hub worktree cleanup shop--fix --delete-branch", what: "once it is merged" },
    ],
    mode: "either",
    changes: true,
    load: () => import("../commands/hub_worktree_remove.ts"),
  },
  {
    path: "hub worktree delete",
    group: "hub",
    summary: "remove a worktree with its tickets and runs",
    details:
      "Without --force it only says what would be lost. Changed files are saved to a ref all the same.",
    arguments: [ID],
    options: [
      DELETE_BRANCH,
      { name: "force", type: "flag", summary: "do it" },
    ],
    examples: [
      { line: "car hub worktree delete shop--try", what: "see what would be lost" },
      {
        line: "car hub worktree delete shop--try --force --delete-branch",
        what: "without a trace",
      },
    ],
    mode: "either",
    changes: true,
    load: () => import("../commands/hub_worktree_remove.ts"),
  },
];
