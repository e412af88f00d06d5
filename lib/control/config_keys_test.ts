import assert from "node:assert/strict";
import { configKeys, HUB_SECTIONS } from "./config_keys.ts";
import { keyAt } from "./config_keys/row.ts";

Deno.test("configKeys() gives every key a meaning, an allowed range and a default it would accept", () => {
  const rows = configKeys("hub");
  assert.ok(rows.length > 120);
  assert.equal(new Set(rows.map((row) => row.path)).size, rows.length);
  for (const { path, key } of rows) {
    assert.match(path, /^[a-zA-Z_.]+$/);
    assert.match(key.meaning, /^[A-Z].*\.$/, path);
    assert.notEqual(key.allowed, "", path);
    // These are written by the person or not at all; a span has a text form only.
    if (path === "templates.repos.NAME.url" || key.kind === "hours" || key.kind === "checks") {
      continue;
    }
    assert.deepEqual(key.decode(key.default), { ok: true, value: key.default }, path);
  }
});

Deno.test("configKeys() leaves the hub's keys out of a repo's", () => {
  const repo = configKeys("repo").map((row) => row.path);
  assert.ok(!repo.some((path) => path.startsWith("hub.")));
  assert.ok(configKeys("hub").some((row) => row.path === "hub.log.max_bytes"));
});

Deno.test("every wait is a key in seconds", () => {
  for (const { path, key } of configKeys("hub")) {
    if (path.endsWith("_seconds")) assert.equal(key.unit, "s", path);
  }
});

const DECODED: readonly (readonly [string, unknown, unknown])[] = [
  ["limits.silence_seconds", 3, 3],
  ["limits.silence_seconds", 0.2, 0.2],
  ["limits.ticket_tokens", null, null],
  ["git.auto_commit", true, "ticket"],
  ["git.auto_commit", false, false],
  ["git.auto_commit", "off", false],
  ["gate.tamper_guard", false, "off"],
  ["gate.verify", "deno test", [{ run: "deno test", timeoutSeconds: null }]],
  ["gate.verify", [{ run: "make", timeout_s: 5 }], [{ run: "make", timeoutSeconds: 5 }]],
  ["agents.codex.command", "codex app-server", ["codex", "app-server"]],
  ["agents.codex.command", ["/a b/codex"], ["/a b/codex"]],
  ["agents.codex.env", { A: 1, B: true }, { A: "1", B: "true" }],
  ["telegram.allowed_user_ids", [1, "-100123"], ["1", "-100123"]],
  ["discord.allowed_user_ids", ["123456789012345678"], ["123456789012345678"]],
  ["telegram.base_url", "http://127.0.0.1:8081/", "http://127.0.0.1:8081"],
  ["quota.quiet_hours", "22:30-7:05", { fromMinute: 1350, toMinute: 425 }],
  ["log.level", "debug", "debug"],
  ["server.port", 0, 0],
];

const REFUSED: readonly (readonly [string, unknown])[] = [
  ["limits.silence_seconds", 0],
  ["limits.silence_seconds", "soon"],
  ["limits.silence_seconds", null],
  ["limits.silence_seconds", Infinity],
  ["limits.silence_seconds", NaN],
  ["limits.ticket_turns", 1.5],
  ["limits.soft_ratio", 1.1],
  ["gate.verify", [""]],
  ["gate.verify", [{ run: "x", timeout: 3 }]],
  ["gate.verify", { run: "x" }],
  ["agents.codex.command", ""],
  ["agents.codex.command", []],
  ["agents.codex.command", ["a\u0000b"]],
  ["agents.codex.env", { "A-B": "x" }],
  ["agents.codex.env", { A: [1] }],
  ["agents.codex.kind", "codxe"],
  ["agents.codex.kind", ["codex"]],
  ["telegram.allowed_user_ids", ["@name"]],
  ["telegram.base_url", "file:///etc/passwd"],
  ["telegram.bot_token_env", "123:ABC"],
  ["quota.quiet_hours", "22-7"],
  ["git.require_commit", "yes"],
  ["server.port", 70_000],
  ["log.path", "a\nb\u0007"],
  ["hub.discover_depth", 2],
];

Deno.test("decode() takes what is allowed", () => {
  for (const [path, found, value] of DECODED) {
    const decoded = keyAt(HUB_SECTIONS, path.split("."))?.decode(found);
    assert.deepEqual(decoded, { ok: true, value }, `${path} ${JSON.stringify(found)}`);
  }
});

Deno.test("decode() refuses what is not, and says what is allowed", () => {
  for (const [path, found] of REFUSED) {
    const key = keyAt(HUB_SECTIONS, path.split("."));
    assert.deepEqual(
      key?.decode(found),
      { ok: false, allowed: key?.allowed },
      `${path} ${JSON.stringify(found)}`,
    );
  }
});
