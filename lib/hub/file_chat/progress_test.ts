import assert from "node:assert/strict";
import type { TurnEvent } from "../../engine/turn.ts";
import { DraftNews, type FileChatEvent } from "./progress.ts";

const delta = (text: string): TurnEvent => ({ type: "text_delta", id: "t", text });
const ats = (events: readonly FileChatEvent[]) =>
  events.flatMap((it) => it.type === "progress" ? [it.progress.at] : []);

function follow(news: DraftNews, after: string | null = null) {
  const over = new AbortController();
  const seen: FileChatEvent[] = [];
  news.follow((event) => void seen.push(event), over.signal, after);
  return { seen, leave: () => over.abort() };
}

Deno.test("DraftNews tells those who come later what is kept, from where they were", () => {
  const news = new DraftNews();
  news.begin("turn_1");
  const first = follow(news);
  for (const text of ["a", "b", "c"]) news.take(delta(text));
  assert.deepEqual(ats(first.seen), [1, 2, 3]);
  assert.deepEqual(ats(follow(news, "turn_1:2").seen), [3]);
  assert.deepEqual(ats(follow(news, "turn_0:2").seen), [1, 2, 3]);
  assert.deepEqual(ats(follow(news, "nonsense").seen), [1, 2, 3]);
  first.leave();
  news.take(delta("d"));
  assert.deepEqual(ats(first.seen), [1, 2, 3]);
  news.end();
  assert.deepEqual(follow(news).seen, []);
});

Deno.test("DraftNews keeps little of a flood, and drops a listener that throws", () => {
  const news = new DraftNews();
  news.begin("turn_1");
  const over = new AbortController();
  let told = 0;
  news.follow(
    () => {
      told++;
      throw new Error("no");
    },
    over.signal,
    null,
  );
  for (let at = 0; at < 5_000; at++) news.take(delta("x".repeat(at % 7 === 0 ? 100_000 : 10)));
  assert.equal(told, 1);
  const { seen } = follow(news);
  assert.ok(seen.length > 0 && seen.length <= 400);
  const characters = seen.reduce(
    (sum, it) => sum + (it.type === "progress" ? it.progress.text.length : 0),
    0,
  );
  assert.ok(characters <= 128 * 1024, `${characters}`);
  assert.equal(ats(seen).at(-1), 5_000);
});

Deno.test("DraftNews passes over what nobody watches", () => {
  const news = new DraftNews();
  news.begin("turn_1");
  const { seen } = follow(news);
  news.take({ type: "plan", steps: [] });
  news.take({ type: "ended", result: "completed", error: null });
  assert.deepEqual(seen, []);
});
