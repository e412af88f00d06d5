import assert from "node:assert/strict";
import { isSecretName, Redactor } from "./redact.ts";

const SECRET = "s3cr3t/ÜÄ+value&more";

function redactorOf(...secrets: readonly string[]): Redactor {
  const redactor = new Redactor();
  secrets.forEach((secret, index) => assert.ok(redactor.add(`K${index}`, secret)));
  return redactor;
}

function inPieces(redactor: Redactor, pieces: readonly string[]): string {
  const stream = redactor.stream();
  return pieces.map((piece) => stream.push(piece)).join("") + stream.end();
}

Deno.test("redact() takes a value out of whatever surrounds it", () => {
  const redactor = redactorOf(SECRET);
  assert.equal(redactor.redact(`a ${SECRET} b`), "a [redacted K0] b");
  assert.equal(redactor.redact(`${SECRET}${SECRET}`), "[redacted K0][redacted K0]");
  assert.equal(redactor.redact("nothing here"), "nothing here");
  assert.equal(redactor.redact(""), "");
  assert.equal(new Redactor().redact(SECRET), SECRET);
});

Deno.test("redact() knows the encoded forms", () => {
  const redactor = redactorOf(SECRET, 'quoted "and" \\ back');
  const bytes = new TextEncoder().encode(SECRET);
  const hidden = [
    encodeURIComponent(SECRET),
    encodeURIComponent(SECRET).toLowerCase().replaceAll("%2b", "%2b"),
    new URLSearchParams({ q: SECRET }).toString().slice(2),
    JSON.stringify({ a: 'quoted "and" \\ back' }),
    ...["", "x", "xy", "xyz"].flatMap((before) =>
      ["", "-", "--"].flatMap((after) => {
        const whole = new TextEncoder().encode(`${before}${SECRET}${after}`);
        return [whole.toBase64(), whole.toBase64({ alphabet: "base64url" })];
      })
    ),
    bytes.toBase64({ omitPadding: true }),
  ];
  for (const text of hidden) assert.match(redactor.redact(text), /\[redacted K[01]\]/, text);
});

Deno.test("a stream gives the same text at every split", () => {
  const redactor = redactorOf(SECRET, "aaaaaaaa", "value&more+tail", "😀😀😀😀secret");
  const texts = [
    `x ${SECRET} y`,
    `${SECRET}+tail`,
    `${SECRET}+tai`,
    "aaaaaaa",
    "aaaaaaaaaaaaaaaaab",
    "s3cr3t/s3cr3t/ÜÄ+value&mor s3cr3t",
    "😀😀😀😀😀secret!",
    `${SECRET.slice(0, -1)}${SECRET}${SECRET.slice(1)}`,
  ];
  for (const text of texts) {
    const whole = redactor.redact(text);
    for (let at = 0; at <= text.length; at++) {
      assert.equal(
        inPieces(redactor, [text.slice(0, at), text.slice(at)]),
        whole,
        `${text} at ${at}`,
      );
      for (let other = at; other <= text.length; other++) {
        const pieces = [text.slice(0, at), text.slice(at, other), text.slice(other)];
        assert.equal(inPieces(redactor, pieces), whole);
      }
    }
    assert.equal(inPieces(redactor, text.split("")), whole);
  }
});

Deno.test("overlapping secrets are replaced as one", () => {
  const redactor = redactorOf("abcdefghij", "fghijklmno", "defghijk");
  assert.equal(redactor.redact("-abcdefghijklmno-"), "-[redacted K0]-");
  assert.equal(redactor.redact("-defghijklmno-"), "-[redacted K2]-");
  assert.equal(redactor.redact("-abcdefghi-"), "-abcdefghi-");
  assert.equal(redactor.redact("-abcdefghijk-"), "-[redacted K0]-");
});

Deno.test("a stream holds back only what may begin a secret", () => {
  const stream = redactorOf("secret-value").stream();
  assert.equal(stream.push("plain text\n"), "plain text\n");
  assert.equal(stream.push("sec"), "");
  assert.equal(stream.push("ond "), "second ");
  assert.equal(stream.push("secret-valu"), "");
  assert.equal(stream.end(), "secret-valu");
  assert.equal(stream.push("e"), "e");
});

Deno.test("a stream that pauses shows three letters of a secret at most", () => {
  const stream = redactorOf("secret-value").stream();
  let shown = "";
  for (const letter of "a secret-value b") shown += stream.push(letter) + stream.release();
  assert.equal(shown + stream.end(), "a sec[redacted K0] b");
  assert.ok(!stream.holds);
  const twice = redactorOf("abcdefgha", "abcdefghij").stream();
  // It ends in what begins one again: what was found waits for that.
  assert.equal(twice.push("abcdefghab") + twice.release(), "");
  assert.equal(twice.push("-"), "[redacted K0]b-");
});

Deno.test("a stream stays small while one secret overlaps itself for ever", () => {
  const stream = redactorOf("aaaaaaaa").stream();
  for (let round = 0; round < 1000; round++) assert.equal(stream.push("a".repeat(1000)), "");
  assert.equal(stream.push("b"), "[redacted K0]b");
});

Deno.test("add() takes key files by line and refuses short values", () => {
  const redactor = new Redactor();
  assert.ok(!redactor.add("K", "short"));
  assert.ok(!redactor.add("K", "   short   "));
  const line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
  assert.ok(redactor.add("PEM", `-----BEGIN KEY-----\n${line}\n-----END KEY-----\n`));
  assert.equal(redactor.redact(`log: ${line}`), "log: [redacted PEM]");
  assert.equal(redactor.redact("-----BEGIN KEY-----"), "-----BEGIN KEY-----");
});

Deno.test("redaction agrees with a slow search on random text", () => {
  const seed = 20261121;
  let state = seed;
  const chance = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const word = (length: number) => Array.from({ length }, () => "abc"[chance(3)]).join("");
  for (let round = 0; round < 300; round++) {
    const secrets = [word(8), word(9), word(8 + chance(4))];
    const redactor = redactorOf(...secrets);
    const text = Array.from(
      { length: 12 },
      () => chance(3) === 0 ? secrets[chance(3)] : word(chance(12)),
    ).join("");
    const pieces: string[] = [];
    for (let at = 0; at < text.length;) {
      const next = at + 1 + chance(7);
      pieces.push(text.slice(at, next));
      at = next;
    }
    const shown = inPieces(redactor, pieces).replace(/\[redacted K\d\]/g, "#");
    assert.equal(shown, slowly(text, secrets), `seed ${seed}, round ${round}`);
  }
});

function slowly(text: string, secrets: readonly string[]): string {
  const group = new Array<number>(text.length).fill(0);
  const found: [number, number][] = [];
  for (const secret of secrets) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
      found.push([at, at + secret.length]);
    }
  }
  found.sort((a, b) => a[0] - b[0]);
  let number = 0;
  let end = 0;
  for (const [from, to] of found) {
    if (from >= end) number++;
    end = Math.max(end, to);
    group.fill(number, from, to);
  }
  return [...text].map((letter, at) =>
    group[at] === 0 ? letter : group[at] === group[at - 1] ? "" : "#"
  ).join("");
}

Deno.test("isSecretName() knows the usual names", () => {
  for (
    const name of [
      "OPENAI_API_KEY",
      "GH_TOKEN",
      "AWS_SECRET_ACCESS_KEY",
      "DB_PASSWORD",
      "PGPASSWORD",
    ]
  ) {
    assert.ok(isSecretName(name), name);
  }
  for (const name of ["PATH", "MONKEY", "KEYBOARD", "TOKENIZERS_PARALLELISM", "HOME"]) {
    assert.ok(!isSecretName(name), name);
  }
});
