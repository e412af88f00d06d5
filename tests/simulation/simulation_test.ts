import { simulate } from "./simulate.ts";

/** Seeds lived in the tests; `deno task simulate` asks for more by CAR_LIVES. */
const SEEDS = Number(Deno.env.get("CAR_LIVES") ?? 2_000);

Deno.test("a run survives every seed of crashes, vices and meddling", async () => {
  const from = Number(Deno.env.get("CAR_SEED") ?? 1);
  const count = Number(Deno.env.get("CAR_SEEDS") ?? (Deno.env.has("CAR_SEED") ? 1 : SEEDS));
  let deaths = 0;
  for (let seed = from; seed < from + count; seed++) {
    try {
      const life = await simulate(seed, { crash: (seed % 5) * 0.02, vice: (seed % 7) * 0.1 });
      deaths += life.deaths;
      life.journal.close();
    } catch (thrown) {
      throw new Error(`seed ${seed} (replay: CAR_SEED=${seed} deno task simulate): ${thrown}`, {
        cause: thrown,
      });
    }
  }
  console.log(`${count} lives from seed ${from} on, ${deaths} deaths`);
  if (count >= 100 && deaths < count / 2) throw new Error(`only ${deaths} deaths: no weather`);
});
