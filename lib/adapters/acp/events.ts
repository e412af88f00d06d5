/**
 * Reads the updates of one turn of an ACP agent as CAR's events. Pure: a fold over what came, with
 * no clock and no wire. What is missing is made up for, and what is unknown is passed over.
 */

import { NO_USAGE, type TurnEvent, type Usage } from "../../engine/turn.ts";
import { type Fields, fieldsOf, inside, listAt, numberAt, textAt } from "./reading.ts";
import { type Ended, endOf, type TurnSoFar } from "./stop_reasons.ts";
import { type TerminalView, ToolCalls } from "./tool_calls.ts";
import { usageOf } from "./usage.ts";
import { Message } from "./words.ts";

type Speech = "text" | "reasoning";

/** What one piece of content is as text: other kinds are named, so that they are not lost in silence. */
export function contentOf(value: unknown): string {
  if (typeof value === "string") return value;
  const content = fieldsOf(value);
  const type = textAt(content, "type") ?? "text";
  if (type === "text") return typeof content["text"] === "string" ? content["text"] : "";
  const resource = fieldsOf(content["resource"]);
  const where = textAt(content, "uri") ?? textAt(resource, "uri") ?? textAt(content, "name");
  return where === undefined ? `[${type}]` : `[${type}: ${where}]`;
}

export class UpdateReader {
  readonly #tools: ToolCalls;
  #message: Message | null = null;
  #speech: Speech = "text";
  #messages = 0;
  #usage: Usage = NO_USAGE;
  #window: number | null = null;
  #didAnything = false;
  #hasEnded = false;

  /** @param terminal what is known of a terminal of ours by its id. */
  constructor(terminal: (id: string) => TerminalView | undefined = () => undefined) {
    this.#tools = new ToolCalls(terminal);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What an update means; nothing for one that CAR does not read. */
  read(value: unknown): TurnEvent[] {
    if (this.#hasEnded) return [];
    const update = fieldsOf(value);
    const kind = textAt(update, "sessionUpdate") ?? "";
    const rows: Readonly<Record<string, (update: Fields) => TurnEvent[]>> = this.#rows;
    return Object.hasOwn(rows, kind) ? rows[kind]?.(update) ?? [] : [];
  }

  /** The answer to the prompt: what it used, and how it ended. `ended` itself is given to `close`. */
  readAnswer(
    value: unknown,
    { wasDeclined }: Pick<TurnSoFar, "wasDeclined">,
  ): { events: TurnEvent[]; ended: Ended } {
    const answer = fieldsOf(value);
    const usage = usageOf(answer);
    if (usage !== undefined) this.#usage = usage;
    const told = endOf(answer, { didAnything: this.#didAnything, wasDeclined });
    const ended = told.findLast((event): event is Ended => event.type === "ended");
    const events = [
      ...(usage === undefined ? [] : this.#usageEvent()),
      ...told.filter((event) => event.type !== "ended"),
    ];
    return { events, ended: ended ?? { type: "ended", result: "completed", error: null } };
  }

  /** Finishes what is open and ends the turn. */
  close(ended: Ended): TurnEvent[] {
    if (this.#hasEnded) return [];
    const events = [...this.#endMessage(), ...this.#tools.close(), ended];
    this.#hasEnded = true;
    return events;
  }

  readonly #rows = {
    agent_message_chunk: (update: Fields) => this.#speak("text", update),
    agent_thought_chunk: (update: Fields) => this.#speak("reasoning", update),
    user_message_chunk: () => [],
    tool_call: (update: Fields) => this.#tool(update),
    tool_call_update: (update: Fields) => this.#tool(update),
    plan: (update: Fields) => [...this.#endMessage(), planOf(update)],
    usage_update: (update: Fields) => {
      this.#window = numberAt(update, "size") ?? this.#window;
      return this.#usageEvent();
    },
    current_mode_update: (update: Fields) => {
      const mode = textAt(update, "currentModeId") ?? textAt(update, "modeId");
      return mode === undefined ? [] : [notice(`The agent is in the mode "${mode}" now.`)];
    },
    available_commands_update: () => [],
    config_option_update: () => [],
    session_info_update: (update: Fields) => warningOf(update),
  } satisfies Readonly<Record<string, (update: Fields) => TurnEvent[]>>;

  #speak(speech: Speech, update: Fields): TurnEvent[] {
    const text = contentOf(update["content"]);
    const id = textAt(update, "messageId");
    const isSame = this.#message !== null && this.#speech === speech &&
      (id === undefined || id === this.#message.id);
    const before = isSame ? [] : this.#endMessage();
    if (!isSame) {
      this.#message = new Message(id ?? `${speech}-${++this.#messages}`);
      this.#speech = speech;
    }
    const message = this.#message;
    if (message === null || text === "") return before;
    if (speech === "text") this.#didAnything = true;
    const news = message.add(text);
    if (speech === "reasoning" || news === "") return before;
    return [...before, { type: "text_delta", id: message.id, text: news }];
  }

  #endMessage(): TurnEvent[] {
    const message = this.#message;
    this.#message = null;
    const text = message?.whole() ?? "";
    if (message === null || text.trim() === "") return [];
    return [{ type: this.#speech, id: message.id, text }];
  }

  #tool(update: Fields): TurnEvent[] {
    this.#didAnything = true;
    return [...this.#endMessage(), ...this.#tools.read(update)];
  }

  #usageEvent(): TurnEvent[] {
    return [{ type: "usage", usage: this.#usage, contextWindow: this.#window }];
  }
}

const notice = (text: string): TurnEvent => ({ type: "notice", text });

function planOf(update: Fields): TurnEvent {
  const steps = listAt(update, "entries").map((entry) => ({
    text: textAt(entry, "content") ?? "",
    status: textAt(entry, "status") ?? "pending",
  }));
  return { type: "plan", steps };
}

/** One family of agents tells its retries here. */
function warningOf(update: Fields): TurnEvent[] {
  const failure = inside(update, "_meta", "jetbrains", "air", "sessionFailure");
  const title = textAt(failure, "title");
  if (title === undefined || textAt(failure, "severity") === "error") return [];
  return [{ type: "status", text: title, waiting: true }];
}
