import assert from "node:assert/strict";
import { Redactor } from "../adapters/process/redact.ts";
import type { TurnEvent } from "../engine/turn.ts";
import { pick, randoms } from "../../tests/support/random.ts";
import { CleanTold } from "./clean_told.ts";

const SECRET = "sk-proj-4f9a77c3e05b";

function secretsOf(...values: readonly string[]): Redactor {
  const redactor = new Redactor();
  values.forEach((value, index) => assert.ok(redactor.add(`K${index}`, value)));
  return redactor;
}

/** What is given on when `events` are taken one after the other, without a pause. */
function given(redactor: Redactor, events: readonly TurnEvent[]): TurnEvent[] {
  const told: TurnEvent[] = [];
  const clean = new CleanTold(redactor, (event) => void told.push(event));
  for (const event of events) clean.take(event);
  clean.close();
  return told;
}

const delta = (text: string, id = "1"): TurnEvent => ({ type: "text_delta", id, text });
const output = (text: string, id = "1"): TurnEvent => ({ type: "tool_output", id, text });
const whole = (text: string, id = "1"): TurnEvent => ({ type: "text", id, text });
const finished = (id = "1"): TurnEvent => ({
  type: "tool_finished",
  id,
  status: "ok",
  exitCode: 0,
  output: "",
  durationMs: null,
});
const notice: TurnEvent = { type: "notice", text: "!" };

/** The pieces of one text, put together. */
const textOf = (events: readonly TurnEvent[], type: TurnEvent["type"], id = "1"): string =>
  events.map((it) => it.type === type && "text" in it && "id" in it && it.id === id ? it.text : "")
    .join("");

/** `text` at every way to cut it into two and into three. */
function* cuts(text: string): Iterable<readonly string[]> {
  for (let at = 0; at <= text.length; at++) {
    yield [text.slice(0, at), text.slice(at)];
    for (let other = at + 1; other < text.length; other++) {
      yield [text.slice(0, at), text.slice(at, other), text.slice(other)];
    }
  }
}

Deno.test("CleanTold keeps a secret in wherever it is cut into two or three", () => {
  const redactor = secretsOf(SECRET);
  const text = `a ${SECRET} b ${SECRET}`;
  for (const pieces of cuts(text)) {
    for (const [piece, end] of [[delta, whole(text)], [output, finished()]] as const) {
      const told = given(redactor, [...pieces.map((it) => piece(it)), end]);
      const { type } = piece("");
      assert.equal(textOf(told, type), "a [redacted K0] b [redacted K0]", JSON.stringify(pieces));
      assert.ok(!JSON.stringify(told).includes(SECRET));
    }
  }
});

Deno.test("CleanTold gives ordinary pieces on as they come", () => {
  const redactor = secretsOf("Zq-0123456789");
  const events = [delta("Some text.\n"), output("ok\n"), notice, delta("More"), delta(" of it.")];
  const told: TurnEvent[] = [];
  const clean = new CleanTold(redactor, (event) => void told.push(event));
  events.forEach((event, index) => {
    clean.take(event);
    assert.equal(told.length, index + 1, `event ${index} waits`);
  });
  clean.close();
  assert.deepEqual(told, events);
});

Deno.test("CleanTold hands events on untouched where there are no secrets", () => {
  const events = [delta(SECRET), whole(SECRET), notice];
  const told = given(new Redactor(), events);
  events.forEach((event, index) => assert.equal(told[index], event));
});

Deno.test("CleanTold gives what it held before the end of its item, and before the turn's", async (t) => {
  const redactor = secretsOf(SECRET);
  const begun = SECRET.slice(0, -1);
  await t.step("a text", () => {
    const events = [delta(`a ${begun}`), notice, whole(`a ${begun}`)];
    const told = given(redactor, events);
    assert.deepEqual(told, [delta("a "), notice, delta(begun), whole(`a ${begun}`)]);
  });
  await t.step("a tool", () => {
    const told = given(redactor, [output(begun, "t"), finished("t")]);
    assert.deepEqual(told, [output(begun, "t"), finished("t")]);
  });
  await t.step("the turn", () => {
    const ended: TurnEvent = { type: "ended", result: "completed", error: null };
    const told = given(redactor, [delta(begun, "a"), delta(begun, "b"), ended]);
    assert.deepEqual(told, [delta(begun, "a"), delta(begun, "b"), ended]);
  });
  await t.step("the same id begins anew", () => {
    const told = given(redactor, [delta(begun), whole(begun), delta(SECRET.slice(-1))]);
    assert.deepEqual(told.at(-1), delta(SECRET.slice(-1)));
  });
});

Deno.test("CleanTold lets the first letters of a secret go when the text pauses, and no more", async () => {
  const redactor = secretsOf(SECRET);
  const [shown, hidden] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const told: TurnEvent[] = [];
  const clean = new CleanTold(redactor, (event) => {
    told.push(event);
    if (textOf(told, "text_delta") === "words") shown.resolve();
    if (textOf(told, "text_delta", "2") === "sk-") hidden.resolve();
  });
  clean.take(delta("words"));
  assert.equal(textOf(told, "text_delta"), "word");
  await shown.promise;
  clean.take(delta("sk-", "2"));
  await hidden.promise;
  // What follows is held from its first letter on, however long it pauses.
  for (const letter of SECRET.slice(3)) clean.take(delta(letter, "2"));
  clean.take(notice);
  assert.equal(textOf(told, "text_delta", "2"), "sk-");
  clean.take(delta(".", "2"));
  clean.close();
  assert.equal(textOf(told, "text_delta", "2"), "sk-[redacted K0].");
});

Deno.test("CleanTold takes nothing after its end", () => {
  const told: TurnEvent[] = [];
  const clean = new CleanTold(secretsOf(SECRET), (event) => void told.push(event));
  clean.close();
  clean.take(delta("s"));
  clean.close();
  assert.deepEqual(told, []);
});

Deno.test("CleanTold outlives a listener that fails while a text pauses", async () => {
  const failed = Promise.withResolvers<void>();
  let calls = 0;
  const clean = new CleanTold(secretsOf(SECRET), () => {
    if (++calls > 1) return;
    failed.resolve();
    throw new Error("nobody listens");
  });
  clean.take(delta("s"));
  await failed.promise;
  clean.take(delta("x"));
  clean.close();
  assert.equal(calls, 2);
});

Deno.test("CleanTold loses and reorders nothing of texts that are told through each other", () => {
  const seed = 20261121;
  const random = randoms(seed);
  const below = (count: number) => Math.floor(random() * count);
  const secrets = [SECRET, "sk-proj-other-0001", "proj-4f9a-value"];
  const redactor = secretsOf(...secrets);
  const words = [...secrets, "sk-", "sk-proj-", "plain ", "s", "\n", "proj-4f9a-", "é😀"];
  for (let round = 0; round < 300; round++) {
    const texts = new Map<string, string>();
    const events: TurnEvent[] = [];
    for (let count = 0; count < 30; count++) {
      const id = `${below(3)}`;
      const text = pick(random, words);
      const from = below(text.length);
      const piece = text.slice(random() < 0.5 ? 0 : from, from + 1 + below(text.length));
      texts.set(id, (texts.get(id) ?? "") + piece);
      events.push(delta(piece, id));
      if (random() < 0.1) events.push(notice);
    }
    const told = given(redactor, events);
    for (const [id, text] of texts) {
      const shown = textOf(told, "text_delta", id);
      const place = `seed ${seed}, round ${round}, text ${id}`;
      // A pause may show the first letters of a secret that then is taken out.
      assert.equal(withoutMarks(shown), withoutMarks(redactor.redact(text)), place);
      for (const secret of secrets) assert.ok(!shown.includes(secret), place);
    }
    const notices = told.filter((it) => it.type === "notice").length;
    assert.equal(notices, events.filter((it) => it.type === "notice").length);
  }
});

/** Where a secret was, what may stand before it does not count. */
const withoutMarks = (text: string): string =>
  text.replace(/(?:s|sk|sk-|p|pr|pro)?\[redacted K\d\]/g, "#");
