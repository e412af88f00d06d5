/** The terminals of a repo: opened, listed, ended, and one of them over a websocket. */

import * as z from "zod/mini";
import { SIZE_MAX, SIZE_MIN } from "../lib/engine/terminal_wire.ts";
import type { Terminals } from "../lib/hub/terminals/terminals.ts";
import { created, empty, upgrade } from "./answers.ts";
import { moment, numeral, segment } from "./fields.ts";
import { type Route, route } from "./route.ts";

const tag = "terminal";
const ID = z.object({ id: segment() });
const size = () => z.int().check(z.gte(SIZE_MIN), z.lte(SIZE_MAX));

const TERMINAL = z.object({
  id: z.string(),
  title: z.string(),
  command: z.string(),
  argv: z.array(z.string()),
  cwd: z.string(),
  createdAtMs: moment(),
  lastActiveAtMs: moment(),
  state: z.looseObject({ type: z.enum(["running", "ended"]) }),
  cols: z.int(),
  rows: z.int(),
  clients: z.int(),
});

type View = ReturnType<Terminals["list"]>[number];
const shown = (it: View) => ({ ...it, state: { ...it.state } });

export const listTerminals = route({
  method: "get",
  path: "/sessions",
  scope: "repo",
  tag,
  summary: "list the terminals, what can be opened, and why none can",
  answer: z.object({
    terminals: z.array(TERMINAL),
    offers: z.array(z.object({ name: z.string(), argv: z.array(z.string()) })),
    /** Why there are none here; null when there can be. */
    refusal: z.nullable(z.object({ message: z.string(), hint: z.nullable(z.string()) })),
  }),
  handle: async ({ desk, site }) => {
    const terminals = site.terminals.of(desk);
    const refusal = await terminals.refusal();
    return {
      terminals: terminals.list().map(shown),
      offers: refusal === null ? await terminals.offers() : [],
      refusal: refusal === null ? null : { message: refusal.message, hint: refusal.hint ?? null },
    };
  },
});

export const openTerminal = route({
  method: "post",
  path: "/sessions",
  scope: "repo",
  tag,
  summary: "open a terminal: a shell, or a program the config names",
  body: z.strictObject({
    command: z.optional(z.string()),
    /** Relative to the repo, and within it. */
    cwd: z.optional(z.string()),
    title: z.optional(z.string()),
    cols: z.optional(size()),
    rows: z.optional(size()),
  }),
  answer: created(TERMINAL),
  errors: ["unavailable", "not_found", "conflict"],
  handle: async ({ desk, site, body }) => {
    const { command, cwd, title, cols, rows } = body;
    return shown(
      await site.terminals.of(desk).open({
        ...(command === undefined ? {} : { command }),
        ...(cwd === undefined ? {} : { cwd }),
        ...(title === undefined ? {} : { title }),
        ...(cols === undefined || rows === undefined ? {} : { size: { cols, rows } }),
      }),
    );
  },
});

export const endTerminal = route({
  method: "post",
  path: "/sessions/{id}/end",
  scope: "repo",
  tag,
  summary: "end the program of a terminal with all it started",
  params: ID,
  answer: TERMINAL,
  handle: async ({ desk, site, params }) => shown(await site.terminals.of(desk).end(params.id)),
});

export const removeTerminal = route({
  method: "delete",
  path: "/sessions/{id}",
  scope: "repo",
  tag,
  summary: "end a terminal and take it off the list",
  params: ID,
  answer: empty(),
  handle: async ({ desk, site, params }) => await site.terminals.of(desk).remove(params.id),
});

export const terminalSocket = route({
  method: "get",
  path: "/terminal",
  scope: "repo",
  tag,
  summary: "look at a terminal and type into it",
  details:
    "Get a ticket for this path from POST /api/ws-ticket. Binary frames are the terminal's bytes, both ways; " +
    "text frames are JSON: resize, offset, ping; offset, resize, input_full, exit, pong.",
  query: z.strictObject({
    session: z.string(),
    /** The place in the stream it has come to before. */
    since: z.optional(numeral()),
    ticket: z.optional(z.string()),
  }),
  answer: upgrade("terminal bytes and JSON messages; see lib/engine/terminal_wire.ts"),
  errors: ["not_found", "unavailable"],
  handle: ({ desk, site, query }) => {
    const terminals = site.terminals.of(desk);
    // Asked before the socket is taken, so that a wrong name is an answer and not a closed socket.
    terminals.requireTerminal(query.session);
    return (socket) => attach(terminals, query.session, socket, query.since ?? null);
  },
});

function attach(
  terminals: Terminals,
  id: string,
  socket: WebSocket,
  since: number | null,
): void {
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    const attachment = terminals.attach(id, socket, since);
    socket.addEventListener("message", ({ data }) => attachment.receive(data));
    socket.addEventListener("close", () => attachment.detach());
    socket.addEventListener("error", () => attachment.detach());
  });
}

export const TERMINAL_ROUTES = [
  listTerminals,
  openTerminal,
  endTerminal,
  removeTerminal,
  terminalSocket,
] as const satisfies readonly Route[];
