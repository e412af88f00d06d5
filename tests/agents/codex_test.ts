import { testAgentContract } from "../support/agent_contract.ts";
import { mayRunAgent } from "../support/agents.ts";
import { openCodexBench } from "../support/codex_bench.ts";

testAgentContract({
  name: "codex",
  skips: {},
  ignore: !mayRunAgent("codex"),
  bench: openCodexBench,
});
