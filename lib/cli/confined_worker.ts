/** The thread that works: it has only the permissions that were granted, and runs one command. */

import process from "node:process";
import { rememberSelf } from "../control/process_identity.ts";
import type { Begin, Told } from "./confined_messages.ts";
import { systemIo } from "./io.ts";
import { run } from "./run.ts";
import type { Surfaces } from "./surfaces.ts";

/** As main.ts has them: this file is the other way into the program. */
const SURFACES: Surfaces = {
  server: () => import("../../routes/serve.ts"),
  routes: () => import("../../routes/summaries.ts"),
};

/** The thread's own end of the line; the types of the page know only windows. */
interface Thread {
  postMessage(message: Told): void;
  onmessage: ((event: MessageEvent<Begin>) => void) | null;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  addEventListener(
    type: "unhandledrejection",
    listener: (event: PromiseRejectionEvent) => void,
  ): void;
}

const thread = globalThis as unknown as Thread;

const textOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

thread.addEventListener("error", (event) => {
  event.preventDefault();
  thread.postMessage({ type: "crashed", message: event.message });
});
thread.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  thread.postMessage({ type: "crashed", message: textOf(event.reason) });
});

/**
 * Packages ask process.env for names of their own, and asking for one that is not granted throws: they
 * see the granted ones only.
 */
function hideOtherVariables(granted: Readonly<Record<string, string>>): void {
  Object.defineProperty(process, "env", { value: { ...granted }, writable: true });
}

thread.onmessage = async ({ data }) => {
  thread.onmessage = null;
  rememberSelf(data.self);
  const io = systemIo({ cwd: data.cwd, names: data.names, confinement: data.confinement });
  hideOtherVariables(io.environment());
  thread.postMessage({ type: "ended", code: await run(data.argv, io, undefined, SURFACES) });
};
thread.postMessage({ type: "ready" });
