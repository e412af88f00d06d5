/** Who listens on a port, as far as the system tells: for the message that it is taken. */

/** Processes looked through; more is not worth the wait for a message. */
const PROCESSES_MAX = 5_000;
/** State of a socket that listens, in /proc/net/tcp. */
const LISTENING = "0A";

/** `process 4711 (python3 -m http.server)`; null where the system does not tell. */
export async function portOwner(port: number): Promise<string | null> {
  const sockets = new Set([
    ...await listeningInodes("/proc/net/tcp", port),
    ...await listeningInodes("/proc/net/tcp6", port),
  ]);
  if (sockets.size === 0) return null;
  const pid = await processWith(sockets);
  if (pid === null) return null;
  const command = await textOf(`/proc/${pid}/cmdline`);
  const words = command.split("\0").join(" ").trim().slice(0, 200);
  return words === "" ? `process ${pid}` : `process ${pid} (${words})`;
}

async function listeningInodes(table: string, port: number): Promise<readonly string[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return (await textOf(table)).split("\n").slice(1).flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTENING && local?.endsWith(`:${hex}`) && inode !== undefined ? [inode] : [];
  });
}

async function processWith(sockets: ReadonlySet<string>): Promise<string | null> {
  const wanted = new Set([...sockets].map((it) => `socket:[${it}]`));
  const pids = namesIn("/proc").filter((it) => /^\d+$/.test(it)).slice(0, PROCESSES_MAX);
  for (const pid of pids) {
    for (const name of namesIn(`/proc/${pid}/fd`)) {
      if (wanted.has(linkAt(`/proc/${pid}/fd/${name}`))) return pid;
    }
    // Lets other work in between.
    await Promise.resolve();
  }
  return null;
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map((it) => it.name);
  } catch {
    // It has ended meanwhile, or belongs to somebody else.
    return [];
  }
}

function linkAt(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await Deno.readFile(path));
  } catch {
    return "";
  }
}
