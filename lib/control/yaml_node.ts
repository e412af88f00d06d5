/** What frontmatter says, as data: values with the lines they stand in. */

/** A value with the line it stands in, 1-based and counted from the start of the file. */
export type YamlNode =
  | {
    readonly kind: "scalar";
    readonly line: number;
    readonly value: string | number | boolean | null;
    /** As written, without quotes: the difference between `1.10` and 1.1. */
    readonly source: string;
  }
  | { readonly kind: "list"; readonly line: number; readonly items: readonly YamlNode[] }
  | { readonly kind: "map"; readonly line: number; readonly entries: readonly YamlEntry[] };

export interface YamlEntry {
  readonly key: string;
  /** The line of the key. */
  readonly line: number;
  readonly value: YamlNode;
}
