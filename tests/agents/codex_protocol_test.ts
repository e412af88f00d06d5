import assert from "node:assert/strict";
import { generateProtocol, PROTOCOL_FOLDER } from "../../scripts/refresh_protocol.ts";
import { mayRunAgent, requireAgent } from "../support/agents.ts";

Deno.test({
  name: "generateProtocol() writes what is checked in when the pinned program is asked",
  ignore: !mayRunAgent("codex"),
  async fn() {
    for (const [name, text] of Object.entries(await generateProtocol(requireAgent("codex")))) {
      const checkedIn = await Deno.readTextFile(PROTOCOL_FOLDER + name);
      assert.equal(checkedIn, text, `${name}: run deno run -A scripts/refresh_protocol.ts`);
    }
  },
});
