/** The boxes of TODO.md as a run's tickets. A checked box is a done claim; CAR unchecks one it rejects. */

import { createHash } from "node:crypto";
import type { RepoConfig } from "../control/config.ts";
import { CONTEXT_BYTES_MAX } from "../control/contextspace.ts";
import { readTextStrict, writeFileAtomic } from "../control/files.ts";
import type { RepoPaths } from "../control/roots.ts";
import { setBox } from "../control/todo_queue.ts";
import { asTicket, todoText, type TodoTicket, todoTickets } from "../control/todo_tickets.ts";
import type { LintProblem, Queue, Ticket } from "../engine/ticket.ts";
import { type TodoDoc, type TodoDocs, todoDocs } from "./todo_docs.ts";
import type { Named, WorkQueue } from "./work_queue.ts";

/** What an agent may write into, besides the repo's own files. */
const WRITTEN: readonly TodoDoc[] = ["todo", "progress", "opinions", "spec"];

export class TodoQueue implements WorkQueue {
  readonly #docs: TodoDocs;
  readonly #agent: string;
  readonly #agents: RepoConfig["agents"];

  constructor(paths: Pick<RepoPaths, "root">, config: RepoConfig) {
    this.#docs = todoDocs(paths, config);
    this.#agent = config.runner.default_agent;
    this.#agents = config.agents;
  }

  read(): Promise<Queue> {
    return Promise.try(() => this.#queue());
  }

  /** Ids are made from the words of a box: all have one. */
  readWithIds(): Promise<Queue> {
    return this.read();
  }

  async look(): Promise<{ queue: Queue; contentHash: string }> {
    return { queue: await this.read(), contentHash: await this.contentHash() };
  }

  contentHash(): Promise<string> {
    return Promise.try(() => {
      const hash = createHash("sha256");
      for (const doc of WRITTEN) {
        const found = this.#docs.read(doc);
        hash.update(`\0${doc}\0${found.type === "text" ? found.text : found.type}`);
      }
      return hash.digest("hex");
    });
  }

  async setDone(ticket: Named, done: boolean): Promise<void> {
    const path = this.path();
    if (this.#docs.read("todo").type !== "text") return;
    const { text, bom } = await readTextStrict(path, { maxBytes: CONTEXT_BYTES_MAX });
    const found = todoTickets(text).find(({ id }) => id === ticket.id);
    if (found === undefined) return;
    const changed = setBox(text, found.item, done);
    if (changed !== text) await writeFileAtomic(path, (bom ? "\uFEFF" : "") + changed);
  }

  /** A box has nothing of its own that CAR would have to put back. */
  replace(): Promise<void> {
    return Promise.resolve();
  }

  async text(ticket: Named): Promise<string | null> {
    const found = await this.#find(ticket);
    return found === null ? null : todoText(found.item);
  }

  async body(ticket: Named): Promise<string | null> {
    return (await this.#find(ticket))?.item.detail ?? null;
  }

  get place(): string {
    return this.#docs.path("todo");
  }

  path(): string {
    return this.place;
  }

  #find({ id }: Named): Promise<TodoTicket | null> {
    return Promise.try(() => {
      const found = this.#docs.read("todo");
      if (found.type !== "text") return null;
      return todoTickets(found.text).find((it) => it.id === id) ?? null;
    });
  }

  #queue(): Queue {
    const found = this.#docs.read("todo");
    const problem = (code: string, why: string): Queue => ({
      tickets: [],
      problems: [{
        code,
        file: this.#docs.relative("todo"),
        line: 1,
        key: null,
        message: why,
        fixable: false,
      }],
    });
    if (found.type === "missing") {
      return problem("todo_missing", "It does not exist; with queue: todo its boxes are the work.");
    }
    if (found.type === "refused") {
      return problem("todo_refused", `It cannot be used: ${found.why}.`);
    }
    if (found.leftOutBytes > 0) {
      return problem(
        "todo_too_long",
        `It has ${found.bytes} bytes; ${CONTEXT_BYTES_MAX} are allowed.`,
      );
    }
    const tickets = todoTickets(found.text).map((it) => asTicket(it, this.#agent));
    return { tickets, problems: this.#agentProblems(tickets) };
  }

  /** The shell agent runs a ticket's own file, and a box has none. */
  #agentProblems(tickets: readonly Ticket[]): readonly LintProblem[] {
    const first = tickets.find(({ done }) => !done);
    if (first === undefined || this.#agents[this.#agent]?.kind !== "shell") return [];
    return [{
      code: "todo_agent",
      file: this.#docs.relative("todo"),
      line: 1,
      key: "runner.default_agent",
      message:
        `The agent "${this.#agent}" runs commands of ticket files and cannot work on boxes; ` +
        "set runner.default_agent to another.",
      fixable: false,
    }];
  }
}
