/** Expected text kept in files under tests/golden. CAR_UPDATE_GOLDEN=1 writes them anew, to be read in the diff. */

import assert from "node:assert/strict";

const FOLDER = new URL("../golden/", import.meta.url);

/** @param name Path under tests/golden, as `look/paused_held.txt`. */
export function assertGolden(name: string, actual: string): void {
  const file = new URL(name, FOLDER);
  const text = actual.endsWith("\n") ? actual : `${actual}\n`;
  if (Deno.env.get("CAR_UPDATE_GOLDEN") === "1") {
    Deno.mkdirSync(new URL(".", file), { recursive: true });
    Deno.writeTextFileSync(file, text);
    return;
  }
  let expected: string;
  try {
    expected = Deno.readTextFileSync(file);
  } catch {
    assert.fail(`tests/golden/${name} is missing; make it with CAR_UPDATE_GOLDEN=1`);
  }
  assert.equal(text, expected, `tests/golden/${name} differs; CAR_UPDATE_GOLDEN=1 writes it anew`);
}
