/** car serve, car web, car hub serve: the page and the API, until a signal ends them. */

import { CarError } from "../../base/errors.ts";
import { isSafe } from "../../base/permissions.ts";
import type { Serving } from "../../../routes/serve.ts";
import { readToken } from "../../hub/access/token.ts";
import { openFleet } from "../../hub/fleet/open_fleet.ts";
import { mendAndScan } from "../../hub/listing/hub_scanner.ts";
import { troublesOf } from "../../hub/listing/scan.ts";
import { findServer, type ServerPlace } from "../../hub/server_note.ts";
import { isAgent } from "../actor.ts";
import { openBrowser } from "../browser.ts";
import { loadCallConfig } from "../call_config.ts";
import type { Call } from "../command.ts";
import type { Place } from "../context.ts";
import { listenForSignals } from "../signals.ts";

/** How a program ends that a service manager is to start anew: sysexits' EX_SOFTWARE. */
const EXIT_HOPELESS = 70;
const PORT_MAX = 65_535;

export async function run(call: Call): Promise<number> {
  const place = await call.context.either();
  const running = await findServer(place.paths.state);
  if (running !== null) return await tellRunning(call, place, running);
  const hopeless = Promise.withResolvers<string>();
  const serving = await begin(call, place, hopeless.resolve);
  const over = Promise.withResolvers<number>();
  const signals = listenForSignals(call.io.clock, (name, count) => {
    const how = call.input.flag("drain") && count === 1 ? "turns" : "stop";
    call.output.say(how === "turns" ? "\nEnds once the turns in hand have ended." : "\nEnds.");
    serving.end(how, name).then(() => over.resolve(0), over.reject);
  });
  hopeless.promise.then(async (words) => {
    call.output.remark(words);
    await serving.end("stop", words);
    over.resolve(EXIT_HOPELESS);
  }).catch(over.reject);
  try {
    await tellServing(call, place, serving);
    return await over.promise;
  } finally {
    signals.close();
  }
}

async function begin(
  call: Call,
  place: Place,
  onHopeless: (words: string) => void,
): Promise<Serving> {
  const { io, input, spec, surfaces, output } = call;
  const { serve } = await surfaces.server();
  const shared = {
    mode: place.type,
    root: place.paths.root,
    clock: io.clock,
    environment: io.environment(),
    safe: isSafe(io.confinement),
  };
  return await serve({
    ...shared,
    host: input.text("host"),
    port: portOf(call),
    check: "first",
    openFleet: (say) =>
      openFleet({
        ...shared,
        command: `car ${spec.path}`,
        say,
        onHopeless,
        scan: async () => troublesOf((await mendAndScan({ ...shared, say })).repos),
      }),
    onRemark: (words) => output.remark(words),
  });
}

/** @throws {CarError} `usage`. */
function portOf({ input }: Call): number | null {
  const port = input.number("port");
  if (port === null || port <= PORT_MAX) return port;
  throw new CarError("usage", `--port is ${port}; allowed: 0 to ${PORT_MAX}.`, {
    hint: "0 takes a free one.",
  });
}

async function tellServing(call: Call, { type, paths }: Place, serving: Serving): Promise<void> {
  const { output } = call;
  const address = mayShowToken(call) ? serving.address() : serving.url;
  if (call.json) {
    const { url, socket } = serving;
    output.jsonLine({
      type: "serving",
      url,
      address,
      socket,
      mode: type,
      root: paths.root,
      pid: Deno.pid,
    });
  } else {
    const count = serving.fleet.repos().length;
    output.say(
      type === "hub"
        ? `CAR serves the hub ${paths.root} (${count} repos).`
        : `CAR serves ${paths.root}.`,
    );
    output.line(`  ${address}`, "strong");
    if (address === serving.url) output.say("`car web` prints the address with its token.", "dim");
    output.say("Ctrl-C ends it; what is on goes on at the next start.", "dim");
  }
  await openIfAsked(call, serving.address(), paths.state);
}

/** `car web` beside a server tells its address; `car serve` would be a second one. */
async function tellRunning(call: Call, { paths }: Place, running: ServerPlace): Promise<number> {
  const { output, spec } = call;
  if (spec.path !== "web") {
    throw new CarError(
      "locked",
      `CAR serves ${paths.root} already: process ${running.pid}, ${running.url}.`,
      {
        hint: "`car web` prints its address with the token.",
      },
    );
  }
  const { server } = (await loadCallConfig(call)).config;
  const token = server.auth_token ?? readToken(paths.token) ?? "";
  const whole = `${server.base_url ?? running.url}/#t=${token}`;
  const address = mayShowToken(call) ? whole : running.url;
  if (call.json) {
    output.json({ url: running.url, address, socket: running.socket, pid: running.pid });
  } else output.line(address);
  await openIfAsked(call, whole, paths.state);
  return 0;
}

/** Not into the system's journal, which others may read, and not to an agent. */
const mayShowToken = (call: Call): boolean =>
  call.io.env("JOURNAL_STREAM") === undefined && !isAgent(call);

async function openIfAsked(call: Call, address: string, state: string): Promise<void> {
  if (!call.input.flag("open")) return;
  try {
    await openBrowser(address, state, call.io.clock);
  } catch (thrown) {
    // It is served all the same.
    if (!(thrown instanceof CarError)) throw thrown;
    call.output.remark(`${thrown.message} ${thrown.hint ?? ""}`);
  }
}
