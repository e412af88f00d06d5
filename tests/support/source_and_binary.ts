/** One test of the command line, run twice: the sources and the compiled program must do the same. */

import { mayRunAgent } from "./agents.ts";
import { BINARY, type Form } from "./car.ts";
import { CONTAINERS, mayRunContainers } from "./containers.ts";

function requireBinary(): void {
  try {
    if (Deno.statSync(BINARY).isFile) return;
  } catch { /* The message below says it. */ }
  throw new Error("dist/car is not there. Run: deno task compile");
}

/**
 * Registers `NAME (source)` and `NAME (binary)`. With CAR_UNDER_TEST set, only that one.
 * @param body Gives `form` on to `runCar` or `startCar`.
 * @param needs Agents, and CONTAINERS, without which it is shown as ignored on a developer's machine; in CI it fails.
 */
export function forSourceAndBinary(
  name: string,
  body: (form: Form, t: Deno.TestContext) => void | Promise<void>,
  needs: readonly string[] = [],
): void {
  const ignore = !needs.every((it) => it === CONTAINERS ? mayRunContainers() : mayRunAgent(it));
  const only = Deno.env.get("CAR_UNDER_TEST");
  for (const form of ["source", "binary"] as const) {
    if (only !== undefined && only !== form) continue;
    Deno.test(`${name} (${form})`, { ignore }, async (t) => {
      if (form === "binary") requireBinary();
      await body(form, t);
    });
  }
}
