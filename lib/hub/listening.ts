/**
 * Listens for calls on loopback addresses and a unix socket, and goes on listening: Deno's server
 * stops taking calls for good when the machine is once out of file descriptors, and says nothing of
 * it while old connections are open.
 */

import { untilBeat } from "../base/beat.ts";
import type { Clock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { fileError, systemCode } from "../control/files.ts";
import { portOwner } from "./port_owner.ts";

export type CallHandler = (request: Request, remote: Deno.Addr) => Promise<Response>;

export interface ListenOptions {
  /** The first decides the port; the others follow, where the machine has them. */
  readonly addresses: readonly string[];
  /** 0 takes a free one. */
  readonly port: number;
  /** Absolute; null for none. */
  readonly socket: string | null;
  readonly handler: CallHandler;
  readonly clock: Clock;
  /** Told what goes wrong afterwards, and that it is mended; never a reason to end. */
  readonly onTrouble: (words: string) => void;
}

export interface Listening {
  readonly port: number;
  /** Where it really listens, as hosts of an address: `127.0.0.1:4173`, `[::1]:4173`. */
  readonly hosts: readonly string[];
  /** Takes no more calls; waits for those that are on, `withinMs` at most. */
  close(withinMs: number): Promise<void>;
}

/** Calls at once, streams among them. More than all pages and programs of one person open. */
const CALLS_MAX = 2_000;
/** How often it is looked whether the port is still ours, in milliseconds: a page tries again for longer. */
const LOOK_MS = 3_000;
/** Tries for a port that is free on all addresses, when any will do. */
const TRIES_MAX = 5;
const SOCKET_MODE = 0o600;
/** Takes everything but the owner's reading and writing away from what is made. */
const OWNER_ONLY = 0o177;
/** What the system answers for an address this machine does not have. */
const NO_ADDRESS: readonly string[] = ["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"];

/** @throws {CarError} `unavailable` when the port is taken, with by whom; `conflict` for the socket. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const calls = new Calls(options.handler);
  const doors = await openDoors(options, calls);
  const port = doors[0]?.port ?? 0;
  try {
    if (options.socket !== null) doors.push(await socketDoor(options.socket, calls));
  } catch (thrown) {
    await Promise.all(doors.map((it) => it.server.shutdown()));
    throw thrown;
  }
  const ending = new AbortController();
  const watch = watchDoors(doors, options, ending.signal);
  return {
    port,
    hosts: doors.flatMap((it) => it.address === null ? [] : [`${bracketed(it.address)}:${port}`]),
    async close(withinMs) {
      ending.abort();
      await watch;
      const late = new AbortController();
      const closed = Promise.allSettled(doors.map((it) => it.server.shutdown()));
      await Promise.race([closed, options.clock.sleep(withinMs, late.signal).catch(() => {})]);
      late.abort();
      if (options.socket !== null) await Deno.remove(options.socket).catch(() => {});
    },
  };
}

const bracketed = (address: string): string => address.includes(":") ? `[${address}]` : address;

/** One place where calls come in: an address and a port, or the path of a socket. */
interface Door {
  /** Null for the socket. */
  readonly address: string | null;
  readonly port: number;
  readonly name: string;
  server: Deno.HttpServer;
  /** Whether nobody listens there any more. */
  isShut(): Promise<boolean>;
  /** Listens there again. */
  reopen(): Deno.HttpServer;
}

const portDoor = (
  address: string,
  port: number,
  server: Deno.HttpServer,
  calls: Calls,
): Door => ({
  address,
  port,
  name: `${bracketed(address)}:${port}`,
  server,
  isShut: () => Promise.resolve(isFree(address, port)),
  reopen: () => serveOn(address, port, calls),
});

async function openDoors(options: ListenOptions, calls: Calls): Promise<Door[]> {
  const [first = "127.0.0.1", ...others] = options.addresses;
  for (let tries = 1;; tries++) {
    const door = await openFirst(first, options.port, calls);
    const doors = [door];
    try {
      for (const address of others) {
        const server = serveOrNone(address, door.port, calls);
        if (server !== null) doors.push(portDoor(address, door.port, server, calls));
      }
      return doors;
    } catch (thrown) {
      await Promise.all(doors.map((it) => it.server.shutdown()));
      if (options.port !== 0 || tries >= TRIES_MAX) throw await takenError(door.port, thrown);
    }
  }
}

async function openFirst(address: string, port: number, calls: Calls): Promise<Door> {
  try {
    const server = serveOn(address, port, calls);
    return portDoor(address, portOf(server), server, calls);
  } catch (thrown) {
    throw await takenError(port, thrown, address);
  }
}

const portOf = (server: Deno.HttpServer): number => "port" in server.addr ? server.addr.port : 0;

function serveOrNone(address: string, port: number, calls: Calls): Deno.HttpServer | null {
  try {
    return serveOn(address, port, calls);
  } catch (thrown) {
    if (NO_ADDRESS.includes(systemCode(thrown))) return null;
    throw thrown;
  }
}

function serveOn(hostname: string, port: number, calls: Calls): Deno.HttpServer {
  const server = Deno.serve(
    { hostname, port, onListen: () => {}, onError: brokenAnswer },
    (request, info) => calls.answer(request, info),
  );
  // It rejects when no more calls can be taken, and would end the process: `watchDoors` sees to it.
  server.finished.catch(() => {});
  return server;
}

/** What is left to say when even the site's own answer to a failure failed. */
const brokenAnswer = (): Response => new Response(null, { status: 500 });

async function takenError(port: number, thrown: unknown, address = "127.0.0.1"): Promise<CarError> {
  if (systemCode(thrown) === "EADDRINUSE") {
    const owner = await portOwner(port);
    return new CarError("unavailable", `Port ${port} is taken${owner ? ` by ${owner}` : ""}.`, {
      hint: `Stop that, or take another port: \`car serve --port ${port + 1}\`, or server.port ` +
        "in the config; 0 takes a free one.",
      cause: thrown,
    });
  }
  if (systemCode(thrown) === "EACCES") {
    return new CarError("unavailable", `The system does not let CAR listen on port ${port}.`, {
      hint: "Take a port above 1023.",
      cause: thrown,
    });
  }
  if (NO_ADDRESS.includes(systemCode(thrown))) {
    return new CarError("invalid", `This machine has no address ${address}.`, {
      hint: "Set server.host to 127.0.0.1 or to an address of this machine.",
      cause: thrown,
    });
  }
  return fileError("listen on", `${address}:${port}`, thrown);
}

async function socketDoor(path: string, calls: Calls): Promise<Door> {
  await clearStale(path);
  const open = () => serveOnSocket(path, calls);
  return {
    address: null,
    port: 0,
    name: path,
    server: open(),
    isShut: () => isRefused(path),
    reopen() {
      Deno.removeSync(path);
      return open();
    },
  };
}

/** @throws {CarError} `unavailable`. */
function serveOnSocket(path: string, calls: Calls): Deno.HttpServer {
  const before = restrictNewFiles();
  try {
    const server = Deno.serve(
      { path, onListen: () => {}, onError: brokenAnswer },
      (request, info) => calls.answer(request, info),
    );
    server.finished.catch(() => {});
    Deno.chmodSync(path, SOCKET_MODE);
    return server;
  } catch (thrown) {
    throw fileError("listen on", path, thrown);
  } finally {
    if (before !== null) Deno.umask(before);
  }
}

/** So that nobody else can connect between the making of the socket and its mode. */
function restrictNewFiles(): number | null {
  try {
    return Deno.umask(OWNER_ONLY);
  } catch {
    // A restricted CAR may not; then the mode is set right after.
    return null;
  }
}

/** @throws {CarError} `conflict` when somebody answers there, or it is no socket. */
async function clearStale(path: string): Promise<void> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.lstat(path);
  } catch {
    return;
  }
  if (info.isSocket !== true) {
    throw new CarError("conflict", `${path} is no socket.`, {
      hint: "Move it away, or name another path in server.socket.",
    });
  }
  if (!await isRefused(path)) {
    throw new CarError("conflict", `Another program listens on ${path}.`, {
      hint: "Stop it, or name another path in server.socket.",
    });
  }
  await Deno.remove(path);
}

/** Whether the socket is there and nobody behind it. */
async function isRefused(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return false;
  } catch (thrown) {
    return systemCode(thrown) === "ECONNREFUSED";
  }
}

/** Bounds how many calls are on at once. */
class Calls {
  readonly #handler: CallHandler;
  #open = 0;

  constructor(handler: CallHandler) {
    this.#handler = handler;
  }

  async answer(
    request: Request,
    { remoteAddr, completed }: Deno.ServeHandlerInfo,
  ): Promise<Response> {
    if (this.#open >= CALLS_MAX) {
      return new Response(null, {
        status: 503,
        headers: { connection: "close", "retry-after": "1" },
      });
    }
    this.#open++;
    const over = () => void this.#open--;
    // Settles when the answer has been sent, also a stream's, or the caller is gone.
    completed.then(over, over);
    return await this.#handler(request, remoteAddr);
  }
}

/** Opens a door anew when its server has let go of the port. */
async function watchDoors(
  doors: readonly Door[],
  { clock, onTrouble }: ListenOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(untilBeat(clock, LOOK_MS), signal).catch(() => {});
    for (const door of doors) {
      if (signal.aborted || !await door.isShut()) continue;
      try {
        const old = door.server;
        door.server = door.reopen();
        // Its calls go on; it has none of the port's any more.
        void old.shutdown().catch(() => {});
        onTrouble(`Listening again on ${door.name}; the machine was out of files.`);
      } catch {
        // The next look tries again.
      }
    }
  }
}

/** Whether nobody listens there any more: then, and only then, it can be bound. */
function isFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch {
    return false;
  }
}
