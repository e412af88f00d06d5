/**
 * Takes known secrets out of text by their value, wherever they stand and however the text arrives
 * in pieces. Patterns guess; a value that CAR itself loaded is known. Base for every sink: log,
 * journal, stream, chat, prompt.
 */

/** Shorter values stand in ordinary text too often to be taken out. */
const SECRET_CHARACTERS_MIN = 8;
/** Lines of a key file are secrets of their own, since text is often handed on by lines. */
const SECRET_LINE_CHARACTERS_MIN = 16;

/** Characters of a secret that may show when a text pauses in it: they tell no more than its kind. */
const PREFIX_SHOWN_MAX = 3;

/** Names of environment variables and settings whose values are secrets. */
const SECRET_NAME = /(^|_)(TOKEN|KEY|SECRET|CREDENTIALS?)(_|$)|PASSWORD|PASSWD/i;

/** Whether a variable of this name is to be registered: `OPENAI_API_KEY`, `GH_TOKEN`, ... */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** A place in the tree of all needles: one character further. */
interface Node {
  readonly next: Map<number, Node>;
  /** Characters from the root. */
  readonly depth: number;
  /** Where to go on when the next character does not fit: the longest needle's beginning that still does. */
  fallback: Node | undefined;
  /** Length and name of the longest needle that ends here. */
  hit: { readonly length: number; readonly name: string } | undefined;
}

const newNode = (depth: number): Node => ({
  next: new Map(),
  depth,
  fallback: undefined,
  hit: undefined,
});

/** The set of secrets of one CAR process. Add before the first child starts. */
export class Redactor {
  readonly #needles = new Map<string, string>();
  #root: Node | undefined;

  /**
   * Registers a secret with its URL-encoded, JSON and base64 forms.
   * @param name Shown in its place, as `[redacted NAME]`.
   * @returns False when the value is too short to be taken out.
   */
  add(name: string, secret: string): boolean {
    const whole = secret.trim();
    if (whole.length < SECRET_CHARACTERS_MIN) return false;
    const lines = whole.split(/\r?\n/).filter((line) =>
      line.length >= SECRET_LINE_CHARACTERS_MIN && !line.startsWith("-----")
    );
    for (const needle of [whole, ...lines].flatMap(formsOf)) {
      if (!this.#needles.has(needle)) this.#needles.set(needle, name);
    }
    this.#root = undefined;
    return true;
  }

  /** Whether there is nothing to take out. */
  get isEmpty(): boolean {
    return this.#needles.size === 0;
  }

  /** `text` without secrets. A secret that continues in another text is not seen: use a stream. */
  redact(text: string): string {
    if (this.isEmpty) return text;
    const stream = this.stream();
    return stream.push(text) + stream.end();
  }

  /** For text that arrives in pieces. Secrets added later are not seen by it. */
  stream(): RedactingStream {
    this.#root ??= treeOf(this.#needles);
    return new RedactingStream(this.#root);
  }
}

/** A stretch of the held text that a secret covers. */
interface Span {
  readonly begin: number;
  readonly end: number;
  readonly name: string;
}

/**
 * Holds back no more than what may be the beginning of a secret: ordinary text passes at once.
 * Secrets that overlap are replaced as one.
 */
export class RedactingStream {
  readonly #root: Node;
  #node: Node;
  /** Not yet given out: the beginning of a needle that may be under way. */
  #held = "";
  /** Found in `#held`, in order, none overlapping another. The first may have begun before it. */
  #spans: Span[] = [];

  /** Made by `Redactor.stream()`. */
  constructor(root: Node) {
    this.#root = root;
    this.#node = root;
  }

  /** Takes a piece, gives what is safe to show. */
  push(text: string): string {
    const buffer = this.#held + text;
    for (let at = this.#held.length; at < buffer.length; at++) {
      this.#step(buffer.charCodeAt(at));
      const hit = this.#node.hit;
      // What was released of it is gone; the rest is covered.
      if (hit !== undefined) this.#cover(Math.max(0, at + 1 - hit.length), at + 1, hit.name);
    }
    // No needle that is still under way began before this.
    return this.#settle(buffer, Math.max(0, buffer.length - this.#node.depth));
  }

  /** Whether something was not given out yet. */
  get holds(): boolean {
    return this.#held !== "" || this.#spans.length > 0;
  }

  /**
   * Gives out what is held while it is no more than the first few characters of what might become a
   * secret: for text that pauses. Should it become one, the rest is taken out as ever.
   */
  release(): string {
    if (this.#node.depth > PREFIX_SHOWN_MAX || this.#spans.length > 0) return "";
    const out = this.#held;
    this.#held = "";
    return out;
  }

  /** The rest. The stream is as new afterwards. */
  end(): string {
    this.#node = this.#root;
    return this.#settle(this.#held, this.#held.length);
  }

  #step(code: number): void {
    let node: Node | undefined = this.#node;
    let next = node.next.get(code);
    while (next === undefined && node !== undefined) {
      node = node.fallback;
      next = node?.next.get(code);
    }
    this.#node = next ?? this.#root;
  }

  #cover(begin: number, end: number, name: string): void {
    let span: Span = { begin, end, name };
    for (let last = this.#spans.at(-1); last !== undefined && last.end > span.begin;) {
      this.#spans.pop();
      span = { begin: Math.min(last.begin, span.begin), end, name: last.name };
      last = this.#spans.at(-1);
    }
    this.#spans.push(span);
  }

  /** Gives out `buffer` up to `settled`, keeps the rest. */
  #settle(buffer: string, settled: number): string {
    let out = "";
    let shown = 0;
    const open: Span[] = [];
    for (const span of this.#spans) {
      if (span.end > settled) {
        const begin = Math.max(0, span.begin - settled);
        open.push({ begin, end: span.end - settled, name: span.name });
        if (span.begin >= settled) continue;
      }
      out += buffer.slice(shown, span.begin);
      if (span.end <= settled) out += `[redacted ${span.name}]`;
      shown = Math.min(settled, span.end);
    }
    out += buffer.slice(shown, settled);
    this.#spans = open;
    this.#held = buffer.slice(settled);
    return out;
  }
}

/** The tree of all needles with fallbacks: the automaton of Aho and Corasick (1975). */
function treeOf(needles: ReadonlyMap<string, string>): Node {
  const root = newNode(0);
  for (const [needle, name] of needles) {
    let node = root;
    for (let at = 0; at < needle.length; at++) node = childOf(node, needle.charCodeAt(at));
    node.hit = { length: needle.length, name };
  }
  const queue = [root];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const [code, child] of node.next) {
      child.fallback = fallbackOf(node, code) ?? root;
      child.hit ??= child.fallback.hit;
      queue.push(child);
    }
  }
  return root;
}

function childOf(node: Node, code: number): Node {
  let child = node.next.get(code);
  if (child === undefined) {
    child = newNode(node.depth + 1);
    node.next.set(code, child);
  }
  return child;
}

function fallbackOf(parent: Node, code: number): Node | undefined {
  let node = parent.fallback;
  while (node !== undefined && !node.next.has(code)) node = node.fallback;
  return node?.next.get(code);
}

/** The ways in which a value appears in requests, logs and headers. */
function formsOf(value: string): string[] {
  const url = encodeURIComponent(value.toWellFormed());
  const forms = [
    value,
    url,
    url.replaceAll("%20", "+"),
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    JSON.stringify(value).slice(1, -1),
    ...base64FormsOf(new TextEncoder().encode(value)),
  ];
  return forms.filter((form) => form.length >= SECRET_CHARACTERS_MIN);
}

/**
 * Base64 of the value as it looks inside longer encoded text: three alignments, without the
 * characters at both ends that depend on the neighbours, in both alphabets.
 */
function base64FormsOf(value: Uint8Array): string[] {
  const forms: string[] = [];
  for (let before = 0; before < 3; before++) {
    const padded = new Uint8Array(before + value.length);
    padded.set(value, before);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((padded.length * 8) / 6);
    const form = padded.toBase64().slice(from, to);
    forms.push(form, form.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return forms;
}
