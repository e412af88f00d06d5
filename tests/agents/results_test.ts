import assert from "node:assert/strict";
import { CASES } from "../support/agent_contract.ts";
import { readResults } from "../support/contract_results.ts";

Deno.test("the results behind docs/AGENTS.md hold every case of the contract, and no other", () => {
  const cure = "Run CAR_WRITE_MATRIX=1 deno task test tests/agents lib/adapters/shell";
  const wanted = Object.keys(CASES).sort();
  const results = readResults();
  assert(results.length > 0, cure);
  for (const { agent, cases } of results) {
    assert.deepEqual(Object.keys(cases).sort(), wanted, `${agent}: ${cure}`);
  }
});
