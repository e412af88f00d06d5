import { killAtRandom, tallyLine } from "./random_kills.ts";
import { mayRunAgent } from "../support/agents.ts";

/** In the tests; `deno task battery` asks for 300. */
const KILLS = Number(Deno.env.get("CAR_KILLS") ?? 30);
const SEED = Number(Deno.env.get("CAR_SEED") ?? Date.now() % 1_000_000);

Deno.test({
  name: `${KILLS} kills at random moments of queues of the real Codex: nothing lost, nothing left`,
  ignore: !mayRunAgent("codex"),
  fn: async () => {
    console.log(`seed ${SEED}`);
    console.log(tallyLine("codex", await killAtRandom("codex", KILLS, SEED)));
  },
});
