import { makeHubFolder } from "../../../tests/support/hub_folder.ts";
import { openHub } from "../../../tests/support/open_hub.ts";

Deno.test("the list tells what is not committed while somebody looks at it", async () => {
  await using folder = await makeHubFolder({ repos: ["clean", "dirty"] });
  await Deno.writeTextFile(`${folder.root}/dirty/new.txt`, "not committed\n");
  await using hub = await openHub(folder);
  const over = new AbortController();
  hub.fleet.watch(over.signal);
  await hub.until("clean", "is seen to be clean", (it) => it.dirty === false);
  await hub.until("dirty", "is seen to be dirty", (it) => it.dirty === true);
  over.abort();
});
