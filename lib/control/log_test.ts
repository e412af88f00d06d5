import assert from "node:assert/strict";
import { LogFile, type LogOptions } from "./log.ts";

const AT = Date.UTC(2026, 2, 4);

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "car-log-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function open(folder: string, change: Partial<LogOptions> = {}): Promise<LogFile> {
  const log = new LogFile({
    path: `${folder}/car.log`,
    maxBytes: 10_000,
    backups: 3,
    level: "info",
    clean: (text) => text,
    clock: { now: () => AT },
    ...change,
  });
  await log.rotate();
  return log;
}

const linesOf = async (path: string) => (await Deno.readTextFile(path)).split("\n").slice(0, -1);

Deno.test("LogFile adds lines of its level, also to a log that is there", () =>
  inFolder(async (folder) => {
    for (const word of ["first", "second"]) {
      const log = await open(folder);
      log.write("debug", { msg: "too light" });
      log.write("info", { run: "run-0001", msg: word });
      log.close();
    }
    const lines = await linesOf(`${folder}/car.log`);
    assert.deepEqual(lines.map((it) => it.slice(it.indexOf("run="))), [
      "run=run-0001 msg=first",
      "run=run-0001 msg=second",
    ]);
    assert.equal(((await Deno.stat(`${folder}/car.log`)).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("LogFile sets itself aside between runs, and keeps three", () =>
  inFolder(async (folder) => {
    for (let run = 1; run <= 6; run++) {
      const log = await open(folder, { maxBytes: 500 });
      for (let line = 0; line < 20; line++) log.write("info", { msg: `run ${run}` });
      log.close();
    }
    const names = [...Deno.readDirSync(folder)].map((it) => it.name).sort();
    assert.deepEqual(names, ["car.log", "car.log.1", "car.log.2", "car.log.3"]);
    for (const [name, run] of [["car.log", 6], ["car.log.1", 5], ["car.log.3", 3]] as const) {
      assert.match(await Deno.readTextFile(`${folder}/${name}`), new RegExp(`^.*msg="run ${run}"`));
    }
  }));

Deno.test("LogFile keeps none aside when told to, and starts anew", () =>
  inFolder(async (folder) => {
    for (const word of ["old", "new"]) {
      const log = await open(folder, { maxBytes: 100, backups: 0 });
      for (let line = 0; line < 9; line++) log.write("info", { msg: word });
      log.close();
    }
    assert.doesNotMatch(await Deno.readTextFile(`${folder}/car.log`), /old/);
  }));

Deno.test("LogFile is bounded within one run, and says so once", () =>
  inFolder(async (folder) => {
    const log = await open(folder, { maxBytes: 2_000 });
    for (let line = 0; line < 1_000; line++) log.write("info", { msg: "x".repeat(50) });
    log.close();
    const lines = await linesOf(`${folder}/car.log`);
    assert.equal(lines.filter((it) => it.includes("is full")).length, 1);
    assert.match(lines.at(-1) ?? "", /is full/);
    assert.ok((await Deno.stat(`${folder}/car.log`)).size < 2_300);
  }));

Deno.test("LogFile cleans every field before it cuts it", () =>
  inFolder(async (folder) => {
    const clean = (text: string) => text.replaceAll("hush-hush-hush", "[redacted]");
    const log = await open(folder, { clean, maxBytes: 100_000 });
    log.write("info", { agent: "hush-hush-hush", msg: "hush-hush-hush" });
    log.write("info", { msg: `${"x".repeat(4_090)}hush-hush-hush` });
    log.close();
    assert.doesNotMatch(await Deno.readTextFile(`${folder}/car.log`), /hush/);
  }));

Deno.test("LogFile loses what it cannot write, and fails nobody", () =>
  inFolder(async (folder) => {
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    for (const path of [`${folder}/pipe`, folder, `${folder}/none/car.log`]) {
      const log = await open(folder, { path });
      log.write("error", { msg: "lost" });
      log.close();
    }
  }));
