import { killAtRandom, tallyLine } from "./random_kills.ts";

/** In the tests; `deno task battery` asks for 300. */
const KILLS = Number(Deno.env.get("CAR_KILLS") ?? 30);
const SEED = Number(Deno.env.get("CAR_SEED") ?? Date.now() % 1_000_000);

Deno.test(`${KILLS} kills at random moments of queues of shell tickets: nothing lost, nothing left`, async () => {
  console.log(`seed ${SEED}`);
  console.log(tallyLine("shell", await killAtRandom("shell", KILLS, SEED)));
});
