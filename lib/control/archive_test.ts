import assert from "node:assert/strict";
import { listArchive, readArchivedTicket, restoreTicket } from "./archive.ts";
import { repoPaths } from "./roots.ts";
import { createTicket, removeTicket } from "./ticket_edit.ts";

Deno.test("what is taken out of the queue is listed, read and put back", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const paths = repoPaths(root);
    assert.deepEqual(await listArchive(paths), []);
    const wish = { agent: "shell", title: "Add it", body: "Now." };
    const made = await createTicket(paths, wish, "0123456789abcdef");
    await removeTicket(paths, made.name);
    await Deno.mkdir(`${paths.archive}/damaged/2026-03-04`, { recursive: true });
    await Deno.mkdir(`${paths.archive}/worktrees/a--b/2026`, { recursive: true });
    const listed = (await listArchive(paths)).map((it) => `${it.kind} ${it.path}`).sort();
    assert.deepEqual(listed, [
      "damaged damaged/2026-03-04",
      `ticket tickets/${made.name}`,
      "worktree worktrees/a--b/2026",
    ]);
    assert.match(await readArchivedTicket(paths, made.name), /title: Add it/);
    await createTicket(paths, wish, "fedcba9876543210");
    assert.equal(await restoreTicket(paths, made.name), "TICKET-002-add-it.md");
    for (const name of ["../../config.yml", "x.md", "TICKET-009.md", "TICKET-001/../../x.md"]) {
      await assert.rejects(readArchivedTicket(paths, name), { code: "not_found" }, name);
      await assert.rejects(restoreTicket(paths, name), { code: "not_found" }, name);
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
