/**
 * Who a process is, by what the system never gives twice: its number, when it started and in which
 * boot. The number alone is reused within seconds on a busy machine.
 */

export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: clock ticks since the boot. macOS: the time as `ps` writes it. */
  readonly start: string;
  readonly boot: string;
}

/** What a process is, seen from outside. */
export interface SeenProcess {
  readonly start: string;
  /** It has ended, and its parent has not asked for the result yet. */
  readonly ended: boolean;
}

/** Fields of /proc/PID/stat, counted from the state: the name before it may hold spaces. */
const STATE_FIELD = 0;
const START_FIELD = 19;
const ENDED_STATES: readonly string[] = ["Z", "X"];

/** What a line of /proc/PID/stat tells; null when it is none. */
export function parseStat(line: string): SeenProcess | null {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const start = fields[START_FIELD];
  if (start === undefined || !/^\d+$/.test(start)) return null;
  return { start, ended: ENDED_STATES.includes(fields[STATE_FIELD] ?? "") };
}

/** What `ps -o state= -o lstart=` tells; null when it found no such process. */
export function parsePs(output: string): SeenProcess | null {
  const found = /^(\S+)\s+(\S.*\S)\s*$/.exec(output.trim());
  if (found === null) return null;
  return { start: found[2] ?? "", ended: found[1]?.startsWith("Z") ?? false };
}

const firstLine = (path: string): string | null => {
  try {
    return Deno.readTextFileSync(path).split("\n")[0] ?? null;
  } catch {
    return null;
  }
};

/** What a program of the system prints; null when it fails. */
function outputOf(program: string, args: string[]): string | null {
  try {
    const { success, stdout } = new Deno.Command(program, {
      args,
      env: { LC_ALL: "C", TZ: "UTC" },
      stdin: "null",
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch {
    return null;
  }
}

/** How to look at processes, one row a system. */
const SYSTEMS = {
  linux: {
    see: (pid) => {
      const line = firstLine(`/proc/${pid}/stat`);
      return line === null ? null : parseStat(line);
    },
    boot: () => firstLine("/proc/sys/kernel/random/boot_id"),
  },
  darwin: {
    see: (pid) => {
      const output = outputOf("/bin/ps", ["-o", "state=", "-o", "lstart=", "-p", String(pid)]);
      return output === null ? null : parsePs(output);
    },
    boot: () => {
      const output = outputOf("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"]);
      return output === null ? null : output.trim();
    },
  },
} as const satisfies Record<
  string,
  { see: (pid: number) => SeenProcess | null; boot: () => string | null }
>;

const system = Deno.build.os === "darwin" ? SYSTEMS.darwin : SYSTEMS.linux;

let knownBoot: string | null = null;

/** The id of this boot; "" when the system tells none. */
export function bootId(): string {
  knownBoot ??= system.boot() ?? "";
  return knownBoot;
}

/** Set where the permissions of this start forbid to look at processes, even at oneself. */
let told: ProcessIdentity | null = null;

/** Tells a process who it is that may not look. Others cannot be told alive or dead from then on. */
export function rememberSelf(self: ProcessIdentity): void {
  told = self;
  knownBoot = self.boot;
}

/** Whether processes can be looked at here. */
export const canSeeProcesses = (): boolean => told === null;

/** The identity of a process that runs; null when none with that number does, or it cannot be seen. */
export function processIdentity(pid: number): ProcessIdentity | null {
  if (told !== null) return pid === told.pid ? told : null;
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const seen = system.see(pid);
  return seen === null || seen.ended ? null : { pid, start: seen.start, boot: bootId() };
}

/** Whether exactly that process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = processIdentity(identity.pid);
  return now !== null && now.start === identity.start && now.boot === identity.boot;
}
