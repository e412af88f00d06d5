/** Counts of changed lines per file, as git tells them for machines. */

export interface FileDiff {
  readonly path: string;
  /** The old path of a renamed file, else null. */
  readonly from: string | null;
  /** Lines; null for binary files. */
  readonly added: number | null;
  readonly deleted: number | null;
}

/** Reads `--numstat -z`: `added TAB deleted TAB path NUL`, a rename's path empty and two paths behind. */
export function parseNumstat(text: string): readonly FileDiff[] {
  const files: FileDiff[] = [];
  const fields = text.split("\0").slice(0, -1);
  for (let at = 0; at < fields.length; at++) {
    const [added, deleted, ...rest] = (fields[at] ?? "").split("\t");
    const path = rest.join("\t");
    const counts = { added: countOf(added), deleted: countOf(deleted) };
    if (path !== "") files.push({ path, from: null, ...counts });
    else {
      files.push({ path: fields[at + 2] ?? "", from: fields[at + 1] ?? null, ...counts });
      at += 2;
    }
  }
  return files;
}

const countOf = (text: string | undefined): number | null =>
  text === undefined || text === "-" ? null : Number(text);
