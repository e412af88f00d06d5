import { testAgentContract } from "../support/agent_contract.ts";
import { mayRunAgent } from "../support/agents.ts";
import { openOpenCodeBench } from "../support/opencode_bench.ts";

testAgentContract({
  name: "opencode",
  skips: {},
  ignore: !mayRunAgent("opencode"),
  bench: openOpenCodeBench,
});
