import type { CodexOptions } from "../../lib/adapters/codex/agent.ts";
import { testAgentContract } from "../support/agent_contract.ts";
import { mayRunAgent } from "../support/agents.ts";
import { openCodexBench } from "../support/codex_bench.ts";

testAgentContract({
  name: "codex",
  skips: {},
  ignore: !mayRunAgent("codex"),
  bench: openCodexBench,
});

const NO_RECORD = "codex exec keeps no record that can be asked";
testAgentContract({
  name: "codex exec",
  skips: {
    "does not ask in the yolo posture": "codex exec refuses rm -f by itself",
    "asks in the safe posture and runs on yes": "codex exec never asks",
    "asks in the safe posture and does not run on no": "codex exec never asks",
    "tells a crash, and knows afterwards that the prompt had arrived": NO_RECORD,
    "records a turn that ended": NO_RECORD,
    "names a quota and when it is back": "codex exec tells no rate limits",
  },
  ignore: !mayRunAgent("codex"),
  async bench() {
    const bench = await openCodexBench();
    const agent = (options: Partial<CodexOptions> = {}) => bench.execAgentWith(options);
    return {
      ...bench,
      agent: () => agent(),
      noisyAgent: () => agent({ command: [bench.noisyProgram] }),
      missingAgent: () => agent({ command: null, path: "/nowhere" }),
    };
  },
});
