/** P3: a finished turn is never repeated; a crash costs at most the turn that was running. */

import { killAtRandom, tallyLine } from "../battery/random_kills.ts";

/** The battery has 30 with each agent, and one at every durable call. */
const KILLS = 6;

Deno.test("P3: turns are begun again only as the turn in hand at a kill", async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  console.log(tallyLine("shell", await killAtRandom("shell", KILLS, seed)));
});
