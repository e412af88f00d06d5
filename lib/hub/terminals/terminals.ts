/** The terminals of one repo: opened, listed, looked at, ended. */

import type { ProcessRoom } from "../../adapters/process/room.ts";
import { ptyRefusal } from "../../adapters/pty/host.ts";
import { Pty } from "../../adapters/pty/pty.ts";
import type { TerminalSize } from "../../adapters/pty/system.ts";
import type { Clock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import type { RepoConfig } from "../../control/config.ts";
import { fitSize } from "../../engine/terminal_wire.ts";
import type { Chance } from "../workplace.ts";
import type { TerminalSocket } from "./client.ts";
import { offerNamed, type TerminalOffer, terminalOffers } from "./offers.ts";
import { type Attachment, Terminal, type TerminalView } from "./terminal.ts";

export interface TerminalsOptions {
  /** The repo, absolute. */
  readonly root: string;
  /** As it is now: switches count from the next terminal on. */
  readonly config: () => Promise<RepoConfig>;
  /** Of a root whose lock this process holds: another's leftovers are ended by whoever takes it. */
  readonly room: ProcessRoom;
  readonly clock: Clock;
  readonly chance: Chance;
  /** CAR's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** CAR was started with --safe. */
  readonly safe: boolean;
  /** The list is another than it was. Must not throw. */
  readonly onChange?: () => void;
}

export interface TerminalRequest {
  /** The name of an offer; `shell` when absent. */
  readonly command?: string;
  /** Relative to the repo, and within it; its root when absent. */
  readonly cwd?: string;
  readonly title?: string;
  /** In characters; a common size when absent. */
  readonly size?: TerminalSize;
}

const SIZE: TerminalSize = { cols: 80, rows: 24 };
/** Ended ones whose last words can still be read. */
const ENDED_MAX = 10;
const TITLE_MAX = 80;

/** Opened with the repo, closed (`endAll`) before the process room. */
export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #all = new Map<string, Terminal>();
  /** Opened and not yet on the list. */
  #opening = 0;
  #closed = false;

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  /** Why none can be opened here, for every surface to say; null when they can. */
  async refusal(): Promise<CarError | null> {
    if (this.#options.safe) {
      return new CarError("unavailable", "There are no terminals in safe mode.", {
        hint: "A terminal is a shell with all your rights, which no permission of CAR can hold. " +
          "Start CAR without --safe, or use a terminal of your own.",
      });
    }
    const refusal = ptyRefusal();
    if (refusal !== null) return refusal;
    const { terminal } = await this.#options.config();
    if (terminal.enabled) return null;
    return new CarError("unavailable", "Terminals are switched off in the configuration.", {
      hint: "Set terminal.enabled to true: a terminal is a shell on this machine.",
    });
  }

  /** What can be opened, by name. */
  async offers(): Promise<readonly Pick<TerminalOffer, "name" | "argv">[]> {
    const offers = await this.#offers(await this.#options.config());
    return offers.map(({ name, argv }) => ({ name, argv }));
  }

  /** In the order they were opened, ended ones too. */
  list(): readonly TerminalView[] {
    return [...this.#all.values()].map((it) => it.view());
  }

  /**
   * @throws {CarError} `unavailable` (see `refusal`, or the program), `not_found` for an unknown
   *   command, `invalid` for a folder outside, `conflict` when there are too many.
   */
  async open(request: TerminalRequest = {}): Promise<TerminalView> {
    const refusal = await this.refusal();
    if (refusal !== null) throw refusal;
    const config = await this.#options.config();
    const offer = offerNamed(await this.#offers(config), request.command ?? "shell");
    const cwd = await folderWithin(this.#options.root, request.cwd ?? ".");
    this.#refuseMore(config.terminal.max_sessions);
    this.#opening++;
    try {
      return await this.#start(request, offer, cwd, config);
    } finally {
      this.#opening--;
    }
  }

  /**
   * A page looks at a terminal, also at an ended one.
   * @param since The place it has come to before; null for all that is kept.
   * @throws {CarError} `not_found`.
   */
  attach(id: string, socket: TerminalSocket, since: number | null): Attachment {
    return this.#find(id).attach(socket, since);
  }

  /** @throws {CarError} `not_found`. */
  requireTerminal(id: string): void {
    this.#find(id);
  }

  /** Ends the program with all it started; it stays on the list. @throws {CarError} `not_found`. */
  async end(id: string): Promise<TerminalView> {
    const terminal = this.#find(id);
    await terminal.end();
    return terminal.view();
  }

  /** Ends it and takes it off the list. @throws {CarError} `not_found`. */
  async remove(id: string): Promise<void> {
    const terminal = this.#find(id);
    await terminal.end();
    terminal.close("removed");
    if (this.#all.delete(id)) this.#options.onChange?.();
  }

  /** Ends all of them; none can be opened afterwards. */
  async endAll(): Promise<void> {
    this.#closed = true;
    for (const terminal of this.#all.values()) terminal.close("stopping");
    await Promise.all([...this.#all.values()].map((it) => it.end()));
    this.#all.clear();
  }

  async #start(
    { title, size = SIZE }: TerminalRequest,
    offer: TerminalOffer,
    cwd: string,
    config: RepoConfig,
  ): Promise<TerminalView> {
    const { room, clock, chance } = this.#options;
    const fitting = fitSize(size);
    const id = `term_${chance.hex()}`;
    const { name, argv, env, inherit } = offer;
    const terminal = new Terminal({
      facts: { id, title: titleOf(title, name), command: name, argv, cwd },
      size: fitting,
      clock,
      scrollbackBytes: config.terminal.scrollback_bytes,
      idleMs: config.terminal.idle_seconds * 1000,
      onChange: () => this.#options.onChange?.(),
    });
    const onData = (bytes: Uint8Array<ArrayBuffer>) => terminal.show(bytes);
    const pty = await Pty.open({ room, clock, argv, cwd, env, inherit, size: fitting, onData });
    terminal.run(pty);
    if (this.#closed) await terminal.end();
    else this.#enter(terminal);
    return terminal.view();
  }

  #enter(terminal: Terminal): void {
    this.#all.set(terminal.id, terminal);
    void terminal.ended.then(() => this.#forgetOld());
    this.#options.onChange?.();
  }

  #forgetOld(): void {
    const ended = [...this.#all.values()].filter((it) => it.view().state.type === "ended");
    for (const terminal of ended.slice(0, Math.max(0, ended.length - ENDED_MAX))) {
      terminal.close("removed");
      this.#all.delete(terminal.id);
    }
  }

  #refuseMore(most: number): void {
    if (this.#closed) throw new CarError("conflict", "CAR is stopping.");
    const running = this.list().filter((it) => it.state.type === "running").length;
    if (running + this.#opening < most) return;
    throw new CarError("conflict", `${running} terminals are open, and ${most} may be.`, {
      hint: "End one of them, or raise terminal.max_sessions.",
    });
  }

  async #offers(config: RepoConfig): Promise<readonly TerminalOffer[]> {
    return await terminalOffers(this.#options.root, config, this.#options.environment);
  }

  #find(id: string): Terminal {
    const found = this.#all.get(id);
    if (found !== undefined) return found;
    throw new CarError("not_found", `There is no terminal "${id}".`, {
      hint: "It may have ended with an earlier start of CAR; open a new one.",
    });
  }
}

const titleOf = (wished: string | undefined, name: string): string =>
  (wished ?? "").replaceAll(/\p{Cc}/gu, " ").trim().slice(0, TITLE_MAX) || name;

/** The real folder. @throws {CarError} `invalid` when it lies outside, also by a link. */
async function folderWithin(root: string, folder: string): Promise<string> {
  const real = await Deno.realPath(root);
  const wished = await Deno.realPath(`${real}/${folder}`).catch(() => null);
  if (wished !== null && (wished === real || wished.startsWith(`${real}/`))) return wished;
  throw new CarError("invalid", `There is no folder "${folder}" in the repo.`, {
    hint: "Name a folder of the repo, relative to its root.",
  });
}
