/** What an agent asks while nobody watches. */

import type { AgentThread } from "../engine/ports.ts";

/** A request that would wait for ever is declined, and the agent goes on or asks by DISPATCH.md. */
export function decline(thread: AgentThread, requestId: string): void {
  thread.answer(requestId, {
    type: "no",
    reason: "Nobody is there to answer; ask with DISPATCH.md",
  })
    .catch(() => {});
}
