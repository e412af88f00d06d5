/**
 * Keeps what the contract suite found of each agent, for the matrix in docs/AGENTS.md. Written only
 * with CAR_WRITE_MATRIX=1, one file an agent, after each of its cases.
 */

export const RESULTS_FOLDER = new URL("../agents/results/", import.meta.url);

/** `pass`, or why the case is left out. A case that failed is not there. */
export type CaseResult = "pass" | { readonly leftOut: string };

export interface AgentResults {
  readonly agent: string;
  /** What the agent of the suite is, in a few words. */
  readonly about: string;
  readonly cases: Readonly<Record<string, CaseResult>>;
}

const isAsked = () => Deno.env.get("CAR_WRITE_MATRIX") === "1";

const fileOf = (agent: string): URL =>
  new URL(`${agent.replaceAll(/[^a-z0-9]+/g, "-")}.json`, RESULTS_FOLDER);

/** The results of one agent while its suite runs. */
export class ContractResults {
  readonly #cases = new Map<string, CaseResult>();
  readonly #agent: string;
  readonly #about: string;

  constructor(agent: string, about: string, leftOut: Readonly<Record<string, string | undefined>>) {
    this.#agent = agent;
    this.#about = about;
    for (const [name, reason] of Object.entries(leftOut)) {
      if (reason !== undefined) this.#cases.set(name, { leftOut: reason });
    }
  }

  /** A case passed. Does nothing unless the matrix is to be written. */
  passed(name: string): void {
    if (!isAsked()) return;
    this.#cases.set(name, "pass");
    const cases = Object.fromEntries([...this.#cases].sort(([a], [b]) => a < b ? -1 : 1));
    const results: AgentResults = { agent: this.#agent, about: this.#about, cases };
    Deno.mkdirSync(RESULTS_FOLDER, { recursive: true });
    Deno.writeTextFileSync(fileOf(this.#agent), `${JSON.stringify(results, null, 2)}\n`);
  }
}

/** What the results on disk leave out for an agent, with the reasons; undefined: it has none. */
export function leftOutOf(agent: string): Readonly<Record<string, string>> | undefined {
  const found = readResults().find((results) => results.agent === agent);
  if (found === undefined) return undefined;
  const entries = Object.entries(found.cases);
  return Object.fromEntries(
    entries.flatMap(([name, result]) => result === "pass" ? [] : [[name, result.leftOut]]),
  );
}

/** All results on disk, by the agent's name. */
export function readResults(): readonly AgentResults[] {
  const names = [...Deno.readDirSync(RESULTS_FOLDER)].map(({ name }) => name)
    .filter((name) => name.endsWith(".json")).sort();
  return names.map((name) =>
    JSON.parse(Deno.readTextFileSync(new URL(name, RESULTS_FOLDER))) as AgentResults
  );
}
