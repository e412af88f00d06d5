/**
 * Who a process is. Numbers of processes are given out again within seconds, so nothing is
 * signalled by its number alone: start time and boot belong to it.
 */

export interface ProcessIdentity {
  readonly pid: number;
  /** Start in clock ticks since boot, as the kernel tells it; "" where there is no /proc. */
  readonly start: string;
  /** Names the boot of the machine; "" where there is no /proc. */
  readonly boot: string;
}

const decoder = new TextDecoder();
let boot: string | undefined;

/** This boot of the machine, or "" where the system does not tell. */
export function bootId(): string {
  boot ??= readProc("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return boot;
}

/** The process `pid` as it is now; undefined: gone, a zombie, or there is no /proc. */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  return fields?.[STATE_FIELD] === "Z" ? undefined : identityFrom(pid, fields);
}

/** Who `pid` is, or was if it just died and is not buried yet. For what CAR itself just started. */
export function birthOf(pid: number): ProcessIdentity {
  return identityFrom(pid, statFields(pid)) ?? { pid, start: "", boot: bootId() };
}

function identityFrom(pid: number, fields: string[] | undefined): ProcessIdentity | undefined {
  const start = fields?.[START_FIELD];
  return start === undefined ? undefined : { pid, start, boot: bootId() };
}

/** Whether that very process still lives; a zombie does not. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.start === identity.start && now.boot === identity.boot;
}

/** The parent of `pid`, or undefined when there is no such process. */
export function parentOf(pid: number): number | undefined {
  const parent = statFields(pid)?.[PARENT_FIELD];
  return parent === undefined ? undefined : Number(parent);
}

// Positions in /proc/PID/stat, counted after the name in parentheses, see proc(5).
const STATE_FIELD = 0;
const PARENT_FIELD = 1;
const START_FIELD = 19;

function statFields(pid: number): string[] | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  // The name may hold blanks and parentheses itself: fields begin after the last one.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function readProc(path: string): string | undefined {
  try {
    return decoder.decode(Deno.readFileSync(path));
  } catch {
    return undefined;
  }
}
