/** Bodies that are no JSON: files, as they come in, never held whole unless the handler asks. */

/** The longest upload, in bytes: a picture or a few minutes of speech. */
export const UPLOAD_BYTES_MAX = 20 * 1024 * 1024;

export interface UploadBody {
  readonly kind: "upload";
  /** Content types, without parameters; `audio/*` stands for all of them. */
  readonly types: readonly string[];
  readonly bytesMax: number;
}

/** What a handler gets of an upload. Reading fails with `invalid` (413) past the row's `bytesMax`. */
export interface Upload {
  /** The content type as sent, with its parameters. */
  readonly type: string;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The whole of it, in memory. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Its parts, where it is multipart/form-data. */
  form(): Promise<FormData>;
}

/** A body that is taken as it is. `multipart/form-data` is a type like any other. */
export const upload = (
  types: readonly string[],
  bytesMax: number = UPLOAD_BYTES_MAX,
): UploadBody => ({ kind: "upload", types, bytesMax });
