/**
 * The token every call must bring: made by CAR itself, kept in a file only its owner can read, read
 * again when that file changes. What a page, a script or the CLI shows to be let in.
 */

import { timingSafeEqual } from "node:crypto";
import { CarError } from "../../base/errors.ts";
import { ensureDir, fileError, systemCode, writeFileAtomic } from "../../control/files.ts";

/** 256 bits. */
const TOKEN_BYTES = 32;
const TOKEN_MODE = 0o600;
const OTHERS = 0o077;
/** A token of the person's own is not shorter: it stands for a shell on the machine. */
const OWN_CHARACTERS_MIN = 16;
const FILE_BYTES_MAX = 4_096;

const newToken = (): string =>
  crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });

/** Makes a new token; the old one is refused from this moment on. @throws {CarError} `unavailable`. */
export async function rotateToken(path: string): Promise<string> {
  const token = newToken();
  await ensureDir(path.slice(0, path.lastIndexOf("/")));
  await writeFileAtomic(path, `${token}\n`, TOKEN_MODE);
  return token;
}

/** The token in the file; null when there is none. @throws {CarError} `unavailable`, `damaged`. */
export function readToken(path: string): string | null {
  let text: string;
  try {
    const info = Deno.statSync(path);
    if (!info.isFile || info.size > FILE_BYTES_MAX) throw damagedToken(path);
    if (((info.mode ?? 0) & OTHERS) !== 0) Deno.chmodSync(path, TOKEN_MODE);
    text = new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(path)).trim();
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return null;
    if (thrown instanceof TypeError) throw damagedToken(path);
    throw fileError("read", path, thrown);
  }
  if (text.length < OWN_CHARACTERS_MIN || /[^\x21-\x7e]/.test(text)) throw damagedToken(path);
  return text;
}

const damagedToken = (path: string): CarError =>
  new CarError("damaged", `${path} does not hold a token.`, {
    hint: "Run `car token rotate` to make a new one.",
  });

/** Whether two tokens are the same, in a time that tells nothing of where they differ. */
export function isSameToken(given: string, right: string): boolean {
  const a = digestInput(given);
  const b = digestInput(right);
  return timingSafeEqual(a, b) && given.length === right.length;
}

/** Both sides at one length, so that the comparison needs no branch on it. */
function digestInput(token: string): Uint8Array {
  const bytes = new Uint8Array(COMPARED_BYTES);
  new TextEncoder().encodeInto(token, bytes);
  return bytes;
}

/** Longer than any token a header can bring past the caps. */
const COMPARED_BYTES = 4_096;

/** The token in force, as its file says at this moment. */
export class TokenSource {
  readonly #path: string;
  readonly #own: string | null;
  readonly #onNew: (token: string) => void;
  #known: { readonly stamp: string; readonly token: string | null } | null = null;

  private constructor(path: string, own: string | null, onNew: (token: string) => void) {
    this.#path = path;
    this.#own = own;
    this.#onNew = onNew;
  }

  /**
   * Makes the file when there is none.
   * @param own `server.auth_token`: used in its place.
   * @param onNew told every token that comes in force, so that it is kept out of logs.
   * @throws {CarError} `invalid` for an own token that is too short.
   */
  static async open(
    path: string,
    own: string | null,
    onNew: (token: string) => void = () => {},
  ): Promise<TokenSource> {
    if (own !== null && (own.length < OWN_CHARACTERS_MIN || /[^\x21-\x7e]/.test(own))) {
      throw new CarError("invalid", "server.auth_token is no good token.", {
        hint:
          `Use ${OWN_CHARACTERS_MIN} or more letters, digits and signs, or leave it away: CAR makes one.`,
      });
    }
    if (own !== null) onNew(own);
    else if (readToken(path) === null) await rotateToken(path);
    const source = new TokenSource(path, own, onNew);
    source.current();
    return source;
  }

  /** Null when the file is gone or damaged: then nobody is let in. */
  current(): string | null {
    if (this.#own !== null) return this.#own;
    const stamp = stampOf(this.#path);
    if (this.#known?.stamp === stamp) return this.#known.token;
    let token: string | null = null;
    try {
      token = readToken(this.#path);
    } catch {
      // A damaged token lets nobody in; `car token rotate` and doctor say what to do.
    }
    this.#known = { stamp, token };
    if (token !== null) this.#onNew(token);
    return token;
  }

  matches(given: string): boolean {
    const right = this.current();
    return right !== null && isSameToken(given, right);
  }
}

/** Changes whenever the file is another one. */
function stampOf(path: string): string {
  try {
    const { mtime, ino, size } = Deno.statSync(path);
    return `${mtime?.getTime() ?? 0}:${ino ?? 0}:${size}`;
  } catch {
    return "none";
  }
}
