import assert from "node:assert/strict";
import {
  cyclesIn,
  faultOfImport,
  faultsOfFolders,
  type ImportEdge,
  layerOf,
} from "./import_rules.ts";

const edge = (from: string, to: string, kind: ImportEdge["kind"] = "value"): ImportEdge => ({
  from,
  to,
  specifier: to,
  kind,
});

Deno.test("layerOf() takes the most exact row of the table", () => {
  const cases = {
    "lib/base/text.ts": "lib/base",
    "lib/adapters/wire/lines.ts": "lib/adapters/wire",
    "lib/adapters/git/git.ts": "lib/adapters/*",
    "lib/adapters/git/deep/er.ts": "lib/adapters/*",
    "lib/adapters/loose.ts": undefined,
    "lib/newcomer/a.ts": undefined,
    "main.ts": "main.ts",
    "tests/support/car.ts": "tests",
  };
  for (const [path, row] of Object.entries(cases)) assert.equal(layerOf(path), row, path);
});

Deno.test("faultOfImport() lets through what the table allows", () => {
  const allowed = [
    edge("lib/engine/step.ts", "lib/base/errors.ts"),
    edge("lib/engine/step.ts", "lib/engine/run.ts"),
    edge("lib/engine/step_test.ts", "node:assert/strict"),
    edge("lib/engine/step_test.ts", "tests/support/random.ts"),
    edge("lib/adapters/git/git.ts", "lib/adapters/process/child.ts"),
    edge("lib/hub/agents.ts", "lib/adapters/codex/agent.ts"),
    edge("lib/control/sqlite.ts", "node:sqlite"),
    edge("lib/control/journal/read.ts", "node:sqlite"),
    edge("lib/hub/worker.ts", "node:sqlite", "type"),
    edge("tests/promises/nothing_lost_test.ts", "node:sqlite"),
    edge("islands/client.ts", "routes/app.ts", "type"),
    edge("main.ts", "lib/cli/run.ts", "lazy"),
    edge("lib/base/log.ts", "npm:@logtape/logtape@2.4.2"),
  ];
  for (const one of allowed) assert.equal(faultOfImport(one), null, `${one.from} -> ${one.to}`);
});

Deno.test("faultOfImport() names file, both folders, the specifier and the reason", () => {
  assert.equal(
    faultOfImport({ ...edge("lib/engine/a.ts", "lib/control/b.ts"), specifier: "../control/b.ts" }),
    'lib/engine/a.ts: lib/engine may not import lib/control ("../control/b.ts"): ' +
      "it is pure, so that a run replays to the same state.",
  );
});

Deno.test("faultOfImport() refuses what the table does not allow", () => {
  const refused = [
    edge("lib/base/a.ts", "lib/engine/b.ts"),
    edge("lib/base/a.ts", "lib/engine/b.ts", "type"),
    edge("lib/engine/a.ts", "node:fs"),
    edge("lib/engine/a.ts", "npm:yaml@2.9.1", "type"),
    edge("lib/control/a.ts", "lib/adapters/git/git.ts"),
    edge("lib/adapters/git/git.ts", "lib/adapters/codex/agent.ts"),
    edge("lib/adapters/process/child.ts", "lib/adapters/git/git.ts"),
    edge("lib/adapters/wire/lines.ts", "lib/engine/turn.ts"),
    edge("lib/hub/hub.ts", "lib/cli/run.ts"),
    edge("lib/cli/run.ts", "lib/adapters/git/git.ts"),
    edge("lib/bots/session.ts", "lib/control/files.ts"),
    edge("islands/client.ts", "routes/app.ts"),
    edge("lib/hub/hub.ts", "tests/support/car.ts"),
    edge("lib/hub/hub.ts", "main.ts"),
    edge("lib/hub/worker.ts", "node:sqlite"),
    edge("lib/newcomer/a.ts", "lib/base/errors.ts"),
  ];
  for (const one of refused) assert.notEqual(faultOfImport(one), null, `${one.from} -> ${one.to}`);
});

Deno.test("faultsOfFolders() names the folder that has no row", () => {
  assert.deepEqual(faultsOfFolders(["lib/base", "lib/hub"]), []);
  assert.match(faultsOfFolders(["lib/newcomer"])[0] ?? "", /^lib\/newcomer: has no row/);
});

Deno.test("cyclesIn() gives the path around a ring and forgives lazy imports", () => {
  assert.deepEqual(
    cyclesIn([edge("a.ts", "b.ts"), edge("b.ts", "c.ts", "type"), edge("c.ts", "a.ts")]),
    [["a.ts", "b.ts", "c.ts", "a.ts"]],
  );
  assert.deepEqual(cyclesIn([edge("a.ts", "b.ts"), edge("b.ts", "a.ts", "lazy")]), []);
  assert.deepEqual(
    cyclesIn([edge("a.ts", "b.ts"), edge("a.ts", "c.ts"), edge("b.ts", "c.ts")]),
    [],
  );
});
