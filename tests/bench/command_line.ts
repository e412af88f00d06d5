/** How long a person or an agent waits for one call of `car`, and how large the program is. */

import { BINARY, carCommand } from "../support/car.ts";
import type { CarRepo } from "../support/car_repo.ts";
import { findCachedBase } from "../../scripts/base_executable.ts";
import { atMost, inWords, type Measured, repeat, spreadOf, timeOf } from "./measure.ts";
import { queueOf } from "./queue_fixture.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const TIMES = 15;
const BARE_SOURCE = 'Deno.stdout.writeSync(new TextEncoder().encode("bare\\n"));\n';

const basePath = async (): Promise<string | undefined> =>
  Deno.env.get("DENORT_BIN") ?? await findCachedBase(`${ROOT}.deno`) ?? undefined;

/** A compiled program of one line: what no compiled program can be faster than. */
async function compileBare(folder: string): Promise<string> {
  const base = await basePath();
  await Deno.writeTextFile(`${folder}/bare.ts`, BARE_SOURCE);
  const flags = ["-A", "--quiet", "--no-prompt", "--no-check", "--no-config", "--no-code-cache"];
  await timeOf(Deno.execPath(), {
    args: ["compile", ...flags, "-o", `${folder}/bare`, `${folder}/bare.ts`],
    env: base === undefined ? {} : { DENORT_BIN: base },
  });
  return `${folder}/bare`;
}

function carTime(repo: CarRepo, ...args: string[]): Promise<number> {
  const command = carCommand(args, repo, { form: "binary" });
  return timeOf(command.program, {
    args: [...command.args],
    cwd: repo.cwd,
    clearEnv: true,
    env: { ...command.env },
  });
}

/** Both in turn, so that a busy moment of the machine meets both. */
async function startRows(repo: CarRepo): Promise<readonly Measured[]> {
  const folder = await Deno.makeTempDir({ prefix: "car-bench-" });
  try {
    const bare = await compileBare(folder);
    const pairs = await repeat(TIMES, async () => ({
      bare: await timeOf(bare, {}),
      version: await carTime(repo, "--version"),
      help: await carTime(repo, "--help"),
    }));
    const bares = spreadOf(pairs.map((it) => it.bare));
    const versions = spreadOf(pairs.map((it) => it.version));
    const ratio = versions.median / bares.median;
    return [{
      what: "`car --version` against a bare compiled program",
      target: "<= 1.3 times",
      measured: `${ratio.toFixed(2)} times: ${inWords(versions, "ms")} against ${
        inWords(bares, "ms")
      }`,
      met: ratio <= 1.3,
      python: "1,302 ms",
    }, {
      what: "`car --help`",
      target: "-",
      measured: inWords(spreadOf(pairs.map((it) => it.help)), "ms"),
      met: null,
      python: null,
    }];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function sizeRow(): Promise<Measured> {
  const path = await basePath();
  const [{ size }, base] = await Promise.all([
    Deno.stat(BINARY),
    path === undefined ? null : Deno.stat(path),
  ]);
  const ratio = base === null ? null : size / base.size;
  return {
    what: "Size of the program against Deno's base executable",
    target: "<= 1.04 times",
    measured: `${ratio === null ? "base unknown" : `${ratio.toFixed(3)} times`}: ${
      (size / 1e6).toFixed(1)
    } MB`,
    met: ratio === null ? null : ratio <= 1.04,
    python: "108 MB",
  };
}

export async function commandLineRows(): Promise<readonly Measured[]> {
  await using repo = await queueOf(1_000);
  const list = () => carTime(repo, "ticket", "list");
  const lint = () => carTime(repo, "ticket", "lint");
  return [
    ...await startRows(repo),
    atMost("`car ticket list`, 1,000 tickets", 250, "ms", await repeat(TIMES, list), "197 ms"),
    atMost("`car ticket lint`, 1,000 tickets", 250, "ms", await repeat(TIMES, lint), "1,582 ms"),
    await sizeRow(),
  ];
}
