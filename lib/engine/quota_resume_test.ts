import assert from "node:assert/strict";
import { randoms } from "../../tests/support/random.ts";
import { decideResume, type ResumePolicy } from "./quota_resume.ts";

/** 2026-11-21 12:00 UTC, a Saturday. */
const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const PARK = { account: "a", untilMs: NOW + HOUR, guessed: false };
const FIRST = { staggerIndex: 0, jitter: 0 };
const AUTO: ResumePolicy = {
  resume: "auto",
  quietHours: null,
  unattendedMax: null,
  unattendedSoFar: 0,
  utcOffsetMinutes: 0,
  graceMs: 5_000,
  slotMs: 30_000,
};

Deno.test("decideResume() does what the policy says, in words with the time", () => {
  const table: [Partial<ResumePolicy>, string, string][] = [
    [{}, "resume", "a is out of quota until 13:00. CAR goes on at 13:00."],
    [
      { utcOffsetMinutes: 690 },
      "resume",
      "a is out of quota until Sun 00:30. CAR goes on at Sun 00:30.",
    ],
    [{ resume: "ask" }, "ask", "a is out of quota until 13:00. CAR asks then whether to go on."],
    [
      { resume: "off" },
      "off",
      'a is out of quota until 13:00. Going on by itself is switched off: "car resume".',
    ],
    [
      { unattendedMax: 2, unattendedSoFar: 2 },
      "ask",
      'a is out of quota until 13:00. CAR has gone on 2 times by itself, which is the most it may: "car resume".',
    ],
    [
      { unattendedMax: 2, unattendedSoFar: 1 },
      "resume",
      "a is out of quota until 13:00. CAR goes on at 13:00.",
    ],
  ];
  for (const [change, type, words] of table) {
    const what = decideResume(PARK, { ...AUTO, ...change }, FIRST, NOW);
    assert.deepEqual([what.type, what.words], [type, words]);
  }
});

Deno.test("decideResume() says when the time is a guess", () => {
  const what = decideResume({ ...PARK, guessed: true }, AUTO, FIRST, NOW);
  assert.match(what.words, /no reset time is known, the next try is at 13:00/);
});

Deno.test("decideResume() gives each waiting run its own slot", () => {
  const at = (staggerIndex: number, jitter: number) => {
    const what = decideResume(PARK, AUTO, { staggerIndex, jitter }, NOW);
    return what.type === "resume" ? what.atMs - PARK.untilMs : NaN;
  };
  assert.deepEqual([at(0, 0), at(0, 1), at(1, 0), at(3, 0.5)], [5000, 35_000, 35_000, 110_000]);
});

Deno.test("decideResume() leaves the quiet hours, also those that pass midnight", () => {
  const night = { fromMinute: 22 * 60, toMinute: 7 * 60 };
  const noon = { fromMinute: 12 * 60, toMinute: 14 * 60 };
  const table: [ResumePolicy["quietHours"], number, number, string | null][] = [
    [night, 13, 0, null],
    [night, 23, 0, "Sun 07:00"],
    [night, 13, 600, "Sun 07:00"],
    [noon, 13, 0, "14:00"],
    [noon, 14, 0, null],
    [{ fromMinute: 60, toMinute: 60 }, 13, 0, null],
    [noon, 21, -480, "14:00"],
  ];
  for (const [quietHours, hour, utcOffsetMinutes, at] of table) {
    const park = { ...PARK, untilMs: Date.UTC(2026, 10, 21, hour) };
    const what = decideResume(park, { ...AUTO, quietHours, utcOffsetMinutes }, FIRST, NOW);
    const expected = at === null
      ? /goes on at \S*( ?)\d\d:\d\d\.$/
      : `CAR goes on at ${at} (after the quiet hours).`;
    if (typeof expected === "string") assert.ok(what.words.endsWith(expected), what.words);
    else assert.match(what.words, expected);
  }
});

Deno.test("decideResume() never resumes early nor in quiet hours, for 1,000 seeds", () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const random = randoms(seed);
    const park = { ...PARK, untilMs: NOW + Math.floor((random() - 0.1) * 100 * HOUR) };
    const quietHours = {
      fromMinute: Math.floor(random() * 1440),
      toMinute: Math.floor(random() * 1440),
    };
    const utcOffsetMinutes = Math.floor(random() * 1560) - 720;
    const chance = { staggerIndex: Math.floor(random() * 5), jitter: random() };
    const what = decideResume(park, { ...AUTO, quietHours, utcOffsetMinutes }, chance, NOW);
    assert.equal(what.type, "resume", `seed ${seed}`);
    if (what.type !== "resume") continue;
    assert.ok(what.atMs >= Math.max(park.untilMs, NOW), `seed ${seed}`);
    const minute = (Math.floor(what.atMs / 60_000) + utcOffsetMinutes + 2880) % 1440;
    const { fromMinute: from, toMinute: to } = quietHours;
    const quiet = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
    assert.ok(!quiet, `seed ${seed}`);
  }
});
