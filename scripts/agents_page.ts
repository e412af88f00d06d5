/** docs/AGENTS.md: what each kind of agent can do, from the results of the contract suite. */

import { postureWords, presetFor, PRESETS } from "../lib/adapters/acp/presets.ts";
import { CASES } from "../tests/support/agent_contract.ts";
import { type AgentResults, readResults } from "../tests/support/contract_results.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

const INTRODUCTION = `# Agents

Every adapter runs the same contract suite (tests/support/agent_contract.ts), over the real program
with a scripted model where there is one. This page is made from its results; write them with
\`CAR_WRITE_MATRIX=1 deno task test tests/agents lib/adapters/shell\` and the page with \`deno task docs\`.

A ticket names an agent by its key in the config; each has a kind, and further keys where needed:

\`\`\`yaml
agents:
  codex: {kind: codex}
  gemini: {kind: acp}                    # a known one: its command is in the table below
  mine:
    kind: acp
    command: [my-agent, --acp]           # any program that speaks ACP on stdin and stdout
    env: {MY_AGENT_HOME: .my-agent}
    pass_env: [MY_AGENT_KEY]             # of CAR's own environment; nothing else is passed on
    posture: safe
\`\`\``;

const ACP_NOTES = `## Agents by the Agent Client Protocol

- Each turn has a process of its own, and it ends with the turn: commands carry the turn's marks, and
  nothing is left behind. The session is taken up again by \`session/resume\` or \`session/load\`; an
  agent that can do neither is kept as long as its thread is open, and then begins anew.
- A ticket's \`model\` and \`reasoning\` choose among what the session offers, and \`profile\` is its mode. A
  value that is not there fails the turn with the list of those that are.
- The agent may have CAR read and write files and run commands. In the safe posture files stay in
  the repo, also after symbolic links, and commands are asked for. What it does by its own tools is
  confined only as far as its own mode confines it: CAR sees requests, not system calls.
- The safe posture of codex-acp needs a sandbox that works. CAR cannot try it out beforehand, as it
  does for the kind \`codex\`; a sandbox that fails shows as commands that fail.
- A login is the agent's own affair: CAR names the ways the agent knows, and uses none of them.`;

function matrix(results: readonly AgentResults[]): string {
  const notes: string[] = [];
  const noteOf = (text: string): string => {
    if (!notes.includes(text)) notes.push(text);
    return `no (${notes.indexOf(text) + 1})`;
  };
  const rows = Object.keys(CASES).map((name) => [
    name,
    ...results.map(({ cases }) => {
      const result = cases[name];
      if (result === undefined) return "not run";
      return result === "pass" ? "yes" : noteOf(result.leftOut);
    }),
  ]);
  const reasons = notes.map((text, at) => `${at + 1}. ${text}`).join("\n");
  return `${table(["", ...results.map(({ agent }) => agent)], rows)}\n\n${reasons}`;
}

const presets = (): string =>
  table(
    ["name", "command", "how to get it", "yolo", "safe", "read-only"],
    Object.keys(PRESETS).flatMap((name) => {
      const preset = presetFor(name, null);
      if (preset === undefined) return [];
      const words = postureWords(preset, null);
      const command = `\`${preset.command.join(" ")}\``;
      return [[name, command, preset.install, words.yolo, words.safe, words["read-only"]]];
    }),
  );

export function agentsPage(): string {
  const results = readResults();
  const about = results.map(({ agent, about }) => `- **${agent}**: ${about}`).join("\n");
  return [
    INTRODUCTION,
    `## What each can do\n\n${about}\n\n${matrix(results)}`,
    ACP_NOTES,
    `## Agents CAR knows how to start by ACP\n\n${presets()}`,
  ].join("\n\n") + "\n";
}
