/** One command of git as it is asked for, and what came back. */

export interface GitCall {
  /** Without the program's name. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Bytes of output kept, from its beginning. */
  readonly bytesMax?: number;
  readonly timeoutMs?: number;
  /** True: the person's hooks, filters and signing stay on. For commits made in their name. */
  readonly trusted?: boolean;
  readonly turnId?: string;
  /** True: it writes nothing that another git reads, so it runs beside others of its kind. */
  readonly beside?: boolean;
}

export interface GitOutput {
  readonly code: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `bytes` as text; names that are not UTF-8 show U+FFFD. */
  readonly text: string;
  /** Whether more came than was kept. */
  readonly truncated: boolean;
  readonly stderr: string;
}
