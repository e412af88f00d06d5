/** The documents of a repo: its contextspace, the lists of the older queue, and the snapshot of all. */

import * as z from "zod/mini";
import { CarError } from "../lib/base/errors.ts";
import { systemZone } from "../lib/base/local_time.ts";
import {
  CONTEXT_BYTES_MAX,
  CONTEXT_KINDS,
  type ContextKind,
  readContextFile,
  writeContextFile,
} from "../lib/control/contextspace.ts";
import type { RepoDesk } from "../lib/hub/fleet/desk.ts";
import { readSnapshot } from "../lib/hub/snapshot.ts";
import { snapshotPage } from "../lib/hub/snapshot_page.ts";
import { addTicket, usualAgent } from "../lib/hub/ticket_desk.ts";
import {
  EDITED_DOCS,
  type EditedDoc,
  requireWhole,
  todoDocs,
  writeWhole,
} from "../lib/hub/todo_docs.ts";
import { created, text } from "./answers.ts";
import { etagOf, expectUnmoved } from "./editing.ts";
import { type Route, route } from "./route.ts";

const KINDS = Object.keys(CONTEXT_KINDS) as ContextKind[];
const kind = z.object({ kind: z.enum(KINDS) });
const tag = "documents";

const longText = () => z.string().check(z.maxLength(CONTEXT_BYTES_MAX));
const CHANGE = z.strictObject({ text: longText(), etag: z.optional(z.string()) });

const DOCUMENT = z.object({
  kind: z.string(),
  path: z.string(),
  text: z.string(),
  etag: z.string(),
});

const shown = async (desk: RepoDesk, which: ContextKind) => {
  const { path, text } = await readContextFile(desk.paths, which);
  return { kind: which, path, text, etag: etagOf(text) };
};

export const listWorkspace = route({
  method: "get",
  path: "/workspace",
  scope: "repo",
  tag,
  summary: "read the whole contextspace",
  answer: z.object({ docs: z.array(DOCUMENT) }),
  handle: async ({ desk }) => ({ docs: await Promise.all(KINDS.map((it) => shown(desk, it))) }),
});

export const getWorkspace = route({
  method: "get",
  path: "/workspace/{kind}",
  scope: "repo",
  tag,
  summary: "read one document of the contextspace",
  params: kind,
  answer: DOCUMENT,
  handle: ({ desk, params }) => shown(desk, params.kind),
});

export const putWorkspace = route({
  method: "put",
  path: "/workspace/{kind}",
  scope: "repo",
  tag,
  summary: "replace one document of the contextspace",
  params: kind,
  body: CHANGE,
  answer: DOCUMENT,
  errors: ["conflict"],
  handle: async ({ desk, params, body, request }) => {
    const now = await readContextFile(desk.paths, params.kind);
    expectUnmoved({ request, body }, { text: now.text, etag: etagOf(now.text) }, body.text);
    await writeContextFile(desk.paths, params.kind, body.text, now.etag);
    return await shown(desk, params.kind);
  },
});

/** How the ticket that makes tickets of a spec is put to an agent. */
const INGEST_BODY = `Read the spec of this repo in \`.codex-autorunner/contextspace/spec.md\`.
Write one ticket file for each step that leads to it, in the order in which they should be worked, as
\`.codex-autorunner/tickets/TICKET-###-short-name.md\`. Each has frontmatter with \`agent\`, \`done: false\`
and \`title\`, a goal, what is to be done, and how one sees that it is done; where a command can tell, it
stands under \`verify\`. Keep each small enough for one sitting. Then mark this ticket done.
`;

const INGEST = {
  body: z.strictObject({
    /** The new text of the spec; without it the spec as it stands is worked. */
    text: z.optional(longText()),
    agent: z.optional(z.string()),
  }),
  answer: created(z.object({ spec: DOCUMENT, ticket: z.string() })),
} as const;

/** Two addresses of one thing: the newer papers and the older ones name it differently. */
function ingestRoute<const Path extends string>(path: Path) {
  return route({
    method: "post",
    path,
    scope: "repo",
    tag,
    summary: "take in a spec: keep it, and queue the ticket that turns it into tickets",
    ...INGEST,
    handle: async ({ desk, body }) => {
      if (body.text !== undefined) await writeContextFile(desk.paths, "spec", body.text, null);
      const spec = await shown(desk, "spec");
      if (spec.text.trim() === "") {
        throw new CarError("invalid", "The spec is empty.", {
          hint: "Send its text, or write it into the contextspace first.",
        });
      }
      const queue = await desk.queue();
      const made = await addTicket(desk, {
        title: "Turn the spec into tickets",
        agent: body.agent ?? await usualAgent(desk, queue),
        body: INGEST_BODY,
      }, crypto.getRandomValues(new Uint8Array(8)).toHex());
      return { spec, ticket: made.name };
    },
  });
}

export const ingestSpec = ingestRoute("/workspace/spec/ingest");
export const ingestSpecOlder = ingestRoute("/ingest-spec");

async function older(desk: RepoDesk, which: EditedDoc) {
  const { path, text } = requireWhole(todoDocs(desk.paths, await desk.config()), which);
  return { kind: which, path, text, etag: etagOf(text) };
}

export const listDocs = route({
  method: "get",
  path: "/docs",
  scope: "repo",
  tag,
  summary: "read the documents of the older queue: todo, progress, opinions, spec",
  answer: z.object({ docs: z.array(DOCUMENT) }),
  handle: async ({ desk }) => ({
    docs: await Promise.all(EDITED_DOCS.map((it) => older(desk, it))),
  }),
});

export const getDoc = route({
  method: "get",
  path: "/docs/{kind}",
  scope: "repo",
  tag,
  summary: "read one document of the older queue",
  params: z.object({ kind: z.enum(EDITED_DOCS) }),
  answer: DOCUMENT,
  handle: ({ desk, params }) => older(desk, params.kind),
});

export const putDoc = route({
  method: "put",
  path: "/docs/{kind}",
  scope: "repo",
  tag,
  summary: "replace one document of the older queue",
  params: z.object({ kind: z.enum(EDITED_DOCS) }),
  body: CHANGE,
  answer: DOCUMENT,
  errors: ["conflict"],
  handle: async ({ desk, params, body, request }) => {
    const now = await older(desk, params.kind);
    expectUnmoved({ request, body }, now, body.text);
    await writeWhole(now, body.text);
    return await older(desk, params.kind);
  },
});

export const clearDocs = route({
  method: "post",
  path: "/docs/clear",
  scope: "repo",
  tag,
  summary: "empty todo, progress and opinions of the older queue; the spec stays",
  answer: z.object({ docs: z.array(DOCUMENT) }),
  handle: async ({ desk }) => {
    for (const which of ["todo", "progress", "opinions"] as const) {
      const now = await older(desk, which);
      if (now.text !== "") await writeWhole(now, "");
    }
    return { docs: await Promise.all(EDITED_DOCS.map((it) => older(desk, it))) };
  },
});

export const snapshotRoute = route({
  method: "get",
  path: "/snapshot",
  scope: "repo",
  tag,
  summary: "the repo on one markdown page: queue, contextspace, last runs",
  answer: text("text/markdown; charset=utf-8"),
  handle: async ({ desk, site }) => {
    const queue = await desk.queue();
    const nowMs = site.clock.now();
    const facts = await readSnapshot(desk.paths, await desk.reading(), queue, nowMs);
    return snapshotPage(facts, { ms: nowMs, zone: systemZone });
  },
});

export const DOCUMENT_ROUTES = [
  listWorkspace,
  getWorkspace,
  putWorkspace,
  ingestSpec,
  listDocs,
  getDoc,
  putDoc,
  clearDocs,
  ingestSpecOlder,
  snapshotRoute,
] as const satisfies readonly Route[];
