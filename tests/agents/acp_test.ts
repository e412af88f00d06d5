import { testAgentContract } from "../support/agent_contract.ts";
import { openFakeBench } from "../support/acp_bench.ts";
import { mayRunAgent } from "../support/agents.ts";
import { openCodexAcpBench } from "../support/codex_acp_bench.ts";

testAgentContract({ name: "acp", skips: {}, bench: () => openFakeBench() });

const SLOPPY = [
  "noise",
  "no-ids",
  "no-version",
  "cumulative",
  "late",
  "cancel-lies",
  "odd-options",
];
testAgentContract({
  name: "sloppy acp",
  skips: {},
  bench: () => openFakeBench([...SLOPPY, "resume-lies"]),
});

testAgentContract({
  name: "codex-acp",
  skips: {},
  ignore: !mayRunAgent("codex-acp") || !mayRunAgent("codex"),
  bench: openCodexAcpBench,
});
