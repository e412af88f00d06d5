/** A unified diff as rows to show. Pure; tolerant of what is no diff. */

export type DiffLineKind = "add" | "remove" | "same" | "hunk" | "remark";

export interface DiffLine {
  readonly kind: DiffLineKind;
  /** Line numbers in the old and the new file. */
  readonly before: number | null;
  readonly after: number | null;
  /** Without its sign. */
  readonly text: string;
}

export interface FileDiff {
  readonly path: string;
  /** Where it was before, when it was moved. */
  readonly from: string | null;
  readonly added: number;
  readonly removed: number;
  /** Of `new file mode`, `deleted file mode`, `Binary files differ` and the like. */
  readonly remarks: readonly string[];
  readonly lines: readonly DiffLine[];
}

/** One entry a file, in order. Text before the first file header is a file without a name. */
export function parseDiff(text: string): readonly FileDiff[] {
  const files: Building[] = [];
  let now: Building | null = null;
  for (const line of text.split("\n")) {
    if (line.startsWith("diff --git ")) {
      files.push(now = building(gitPath(line)));
    } else if (
      line.startsWith("--- ") && (now === null || now.lines.length > 0 && now.hunk === null)
    ) {
      files.push(now = building(barePath(line)));
    } else {
      if (now === null) {
        if (line === "") continue;
        files.push(now = building(""));
      }
      take(now, line);
    }
  }
  return files.map(finished);
}

interface Building {
  path: string;
  from: string | null;
  remarks: string[];
  lines: DiffLine[];
  hunk: { before: number; after: number; beforeLeft: number; afterLeft: number } | null;
}

const building = (path: string): Building => ({
  path,
  from: null,
  remarks: [],
  lines: [],
  hunk: null,
});

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const REMARK =
  /^(new file mode|deleted file mode|old mode|new mode|similarity index|rename to|copy from|copy to|Binary files|GIT binary patch)/;

function take(file: Building, line: string): void {
  const { hunk } = file;
  if (hunk !== null && (hunk.beforeLeft > 0 || hunk.afterLeft > 0)) {
    return takeInHunk(file, hunk, line);
  }
  const opened = HUNK.exec(line);
  if (opened !== null) {
    const [, before, beforeCount = "1", after, afterCount = "1"] = opened;
    file.hunk = {
      before: Number(before),
      after: Number(after),
      beforeLeft: Number(beforeCount),
      afterLeft: Number(afterCount),
    };
    file.lines.push({ kind: "hunk", before: null, after: null, text: line });
  } else if (line.startsWith("+++ ")) {
    const path = barePath(line);
    if (path !== "/dev/null") file.path = path;
  } else if (line.startsWith("rename from ")) {
    file.from = unquoted(line.slice("rename from ".length));
  } else if (line.startsWith("\\")) {
    file.lines.push({ kind: "remark", before: null, after: null, text: line.slice(2) });
  } else if (REMARK.test(line)) {
    file.remarks.push(line);
  } else if (file.path === "" && line !== "") {
    file.lines.push({ kind: "same", before: null, after: null, text: line });
  }
}

function takeInHunk(file: Building, hunk: NonNullable<Building["hunk"]>, line: string): void {
  const sign = line.charAt(0);
  const text = line.slice(1);
  if (sign === "\\") {
    file.lines.push({ kind: "remark", before: null, after: null, text: line.slice(2) });
  } else if (sign === "+") {
    file.lines.push({ kind: "add", before: null, after: hunk.after++, text });
    hunk.afterLeft--;
  } else if (sign === "-") {
    file.lines.push({ kind: "remove", before: hunk.before++, after: null, text });
    hunk.beforeLeft--;
  } else {
    file.lines.push({ kind: "same", before: hunk.before++, after: hunk.after++, text });
    hunk.beforeLeft--;
    hunk.afterLeft--;
  }
}

const count = (lines: readonly DiffLine[], kind: DiffLineKind): number =>
  lines.reduce((sum, line) => line.kind === kind ? sum + 1 : sum, 0);

const finished = ({ path, from, remarks, lines }: Building): FileDiff => ({
  path,
  from,
  remarks,
  lines,
  added: count(lines, "add"),
  removed: count(lines, "remove"),
});

/** `diff --git a/x b/x`: the second name, whose length the first one tells where there are spaces. */
function gitPath(line: string): string {
  const names = line.slice("diff --git ".length);
  if (names.endsWith('"')) return withoutSide(unquoted(names.slice(names.lastIndexOf(' "') + 1)));
  const half = (names.length - 1) / 2;
  const isSame = Number.isInteger(half) && names.slice(2, half) === names.slice(half + 3);
  return withoutSide(isSame ? names.slice(half + 1) : names.slice(names.indexOf(" b/") + 1));
}

const barePath = (line: string): string =>
  withoutSide(unquoted(line.slice(4).replace(/\t.*$/, "")));

const withoutSide = (path: string): string => path.replace(/^[abciwo]\//, "");

/** Git writes names with odd bytes in C's way. */
function unquoted(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (
    const [, octal, escaped, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gsu)
  ) {
    if (octal !== undefined) bytes.push(parseInt(octal, 8));
    else bytes.push(...encoder.encode(plain ?? ESCAPES[escaped ?? ""] ?? escaped ?? ""));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
