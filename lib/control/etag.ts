/** Fingerprints of texts that people and agents edit at the same time. */

import { createHash } from "node:crypto";

/** Of a SHA-256, in hex: enough to tell any two texts of one document apart. */
const ETAG_CHARACTERS = 32;

/** The fingerprint of a text: the same for the same bytes, whoever asks. */
export const etagOf = (text: string | Uint8Array): string =>
  createHash("sha256").update(text).digest("hex").slice(0, ETAG_CHARACTERS);
