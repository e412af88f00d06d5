import assert from "node:assert/strict";
import { KEYS } from "./keys.ts";

Deno.test("docs/PAGE.md tells every key of the keyboard help", async () => {
  const page = await Deno.readTextFile(new URL("../docs/PAGE.md", import.meta.url));
  for (const { keys, does } of KEYS) {
    const row = page.split("\n").find((line) => line.endsWith(`| ${does} |`));
    assert.ok(row?.startsWith(`| ${keys.join(" ")}`), `${keys.join(" ")}: ${does}`);
  }
});
