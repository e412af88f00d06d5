/**
 * Opens a person's editor on a file and waits for its end. The editor owns the terminal meanwhile,
 * so this is the one process that is not started by the process room.
 */

import { CarError } from "../base/errors.ts";
import type { Io } from "./io.ts";

/** What every Unix has. */
const EDITOR_DEFAULT = "vi";

/** The command line of the person's editor: $VISUAL, else $EDITOR, else vi. */
export function editorCommand(io: Pick<Io, "env">): string {
  return io.env("VISUAL")?.trim() || io.env("EDITOR")?.trim() || EDITOR_DEFAULT;
}

/**
 * @param path Absolute.
 * @throws {CarError} `unavailable` when the editor is missing or fails; `usage` when vi would be
 * opened where nobody can type.
 */
export async function openEditor(io: Io, path: string): Promise<void> {
  const command = editorCommand(io);
  if (command === EDITOR_DEFAULT && !io.isTerminal.in) {
    throw new CarError("usage", "There is no terminal to edit on.", {
      hint: `Edit the file itself: ${path}`,
    });
  }
  // By the shell, as git does it: $EDITOR may hold arguments (`code --wait`).
  const { code } = await new Deno.Command("sh", {
    args: ["-c", `${command} "$1"`, "car", path],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (code === 0) return;
  throw new CarError("unavailable", `The editor \`${command}\` ended with exit code ${code}.`, {
    hint: code === 127
      ? "Set VISUAL or EDITOR to an editor that is installed."
      : "What it had saved by then is kept.",
  });
}
