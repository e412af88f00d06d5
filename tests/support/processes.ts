/** The living processes of this machine, as /proc tells them: what a test counts. */

export interface SeenProcess {
  readonly pid: number;
  /** `R`, `S`, ...; never `Z`. */
  readonly state: string;
  readonly parent: number;
  readonly command: string;
  readonly environment: readonly string[];
}

/** All that may be looked at; what ends meanwhile, and what is only waiting to be reaped, is left out. */
export async function* readEach(): AsyncGenerator<SeenProcess> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const seen = await look(name);
    if (seen !== null && seen.state !== "Z" && seen.state !== "X") yield seen;
  }
}

async function look(pid: string): Promise<SeenProcess | null> {
  try {
    const [environment, stat, command] = await Promise.all(
      ["environ", "stat", "cmdline"].map((part) => Deno.readTextFile(`/proc/${pid}/${part}`)),
    );
    const [state = "", parent = "0"] = (stat ?? "").slice((stat ?? "").lastIndexOf(")") + 2)
      .split(" ");
    return {
      pid: Number(pid),
      state,
      parent: Number(parent),
      command: (command ?? "").replaceAll("\0", " ").trim(),
      environment: (environment ?? "").split("\0"),
    };
  } catch {
    return null;
  }
}

/** How long the lifeline may take to end what a dead CAR left, on a machine that runs many tests. */
const GONE_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Resolves when nothing is left. @throws {Error} that names what is. */
export async function untilGone(leftovers: () => Promise<readonly string[]>): Promise<void> {
  const until = performance.now() + GONE_MS;
  for (;;) {
    const left = await leftovers();
    if (left.length === 0) return;
    if (performance.now() >= until) throw new Error(`still there: ${left.join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Command lines of the processes that CAR started for this repo and that still live. */
export async function leftoversOf(repo: string): Promise<readonly string[]> {
  const left: string[] = [];
  for await (const { environment, command } of readEach()) {
    if (environment.includes(`CAR_ROOT=${repo}`)) left.push(command);
  }
  return left;
}
