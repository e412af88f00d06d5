/** Commands that words for people tell, made to reach a repo the reader does not stand in. */

/** Of the hub or the machine: another repo changes nothing about them. */
const NOT_OF_A_REPO = /^car (?:hub|init|help|demo|completions|-)/;

/**
 * `Use "car resume" to go on.` becomes `Use "car resume --repo shop" to go on.`
 * @param repo A repo's id or folder. @returns The words as they are where the command names a repo already.
 */
export function withRepo(words: string, repo: string): string {
  const named = shellWord(repo);
  if (named === null) return words;
  return words.replaceAll(/(["`])(car [^"`]+)\1/g, (whole, mark: string, command: string) => {
    const isSettled = NOT_OF_A_REPO.test(command) || /\s--repo\b/.test(command);
    return isSettled ? whole : `${mark}${command} --repo ${named}${mark}`;
  });
}

/** One word of a shell; null for what cannot stand between the marks of a command. */
export function shellWord(text: string): string | null {
  if (/^[\w./~@%+=:,-]+$/.test(text)) return text;
  return /["`'\p{Cc}]/u.test(text) ? null : `'${text}'`;
}
