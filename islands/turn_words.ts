/** Commands and paths of a turn as a person would write them down in the repo's folder. Pure. */

/** How agents wrap a command that they give to a shell. */
const IN_A_SHELL = /^(?:\/bin\/|\/usr\/bin\/)?(?:ba|z|da)?sh -l?c (['"])([\s\S]*)\1$/;

/** @param root The repo's folder; null while it is not known. */
export function shortPath(text: string, root: string | null): string {
  return root === null ? text : text.replaceAll(`${root}/`, "");
}

/** The command within its shell, with paths from the repo's folder. */
export function shortCommand(title: string, root: string | null): string {
  const [, quote, inner = ""] = IN_A_SHELL.exec(title) ?? [];
  // A quote inside means that the wrapping is more than a pair of quotes.
  const isPlain = quote !== undefined && !inner.includes(quote);
  return shortPath(isPlain ? inner : title, root);
}
