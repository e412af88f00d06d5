import { testAgentContract } from "../support/agent_contract.ts";
import { openFakeBench } from "../support/acp_bench.ts";

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
