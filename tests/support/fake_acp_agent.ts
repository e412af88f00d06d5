/**
 * An ACP agent that does what its prompt says, and misbehaves as FAKE_ACP_MISCHIEF names: it shares
 * no code with the adapter. Run as a process; its sessions lie in the folder FAKE_ACP_STATE.
 */

type Params = Record<string, unknown>;
type Step = Record<string, unknown>;

const STATE = Deno.env.get("FAKE_ACP_STATE") ?? ".";
const mischief = new Set((Deno.env.get("FAKE_ACP_MISCHIEF") ?? "").split(","));

/** What a failing turn is answered with. */
const FAILURES: Record<string, { code: number; message: string; data?: unknown }> = {
  overloaded: { code: -32603, message: "Internal error", data: { message: "429 slow down" } },
  quota: {
    code: -32603,
    message: "Internal error",
    data: { message: "You hit your usage limit. Try again at Jan 1st, 2100 12:00 AM." },
  },
  refused: { code: -32603, message: "Internal error", data: "No such thing as this request" },
  network: { code: -32603, message: "Internal error", data: { message: "stream disconnected" } },
  auth: { code: -32000, message: "Authentication required" },
};

const waiting = new Map<string, (message: Params) => void>();
let calls = 0;
let cancelled = Promise.withResolvers<void>();
let offers: Params = {};

function write(message: Params): void {
  const text = JSON.stringify(
    mischief.has("no-version") ? message : { jsonrpc: "2.0", ...message },
  );
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
}

function noise(): void {
  if (!mischief.has("noise")) return;
  for (const line of ["Segmentation fault (not really)", '{"half":', '["a list"]', "42"]) {
    Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
  }
  write({ method: "session/telepathy", params: { thought: "?" } });
  write({ method: "session/update", params: { update: { sessionUpdate: "moods", mood: "good" } } });
}

/** Asks the client. */
function ask(method: string, params: Params): Promise<Params> {
  const id = `agent-${++calls}`;
  write({ id, method, params });
  return new Promise((resolve, reject) =>
    waiting.set(
      id,
      (message) =>
        message.error === undefined
          ? resolve((message.result ?? {}) as Params)
          : reject(new Error((message.error as { message: string }).message)),
    )
  );
}

/** One session, as it lies on disk. */
class Session {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }

  get prompts(): string[] {
    try {
      return JSON.parse(Deno.readTextFileSync(`${STATE}/${this.id}.json`));
    } catch {
      return [];
    }
  }

  add(prompt: string): void {
    const all = [...this.prompts, prompt];
    Deno.writeTextFileSync(`${STATE}/${this.id}.json`, JSON.stringify(all));
  }

  update(update: Params): void {
    const own = mischief.has("no-ids") ? {} : { sessionId: this.id };
    write({ method: "session/update", params: { ...own, update } });
  }

  /** Tells a tool's news; a sloppy agent forgets the tool's id. */
  tool(id: string, kind: "tool_call" | "tool_call_update", fields: Params): void {
    const own = mischief.has("no-ids") ? {} : { toolCallId: id };
    this.update({ sessionUpdate: kind, ...own, ...fields });
  }

  say(text: string): void {
    const middle = Math.max(3, Math.ceil(text.length / 2));
    const chunks = [text.slice(0, 3), text.slice(3, middle), text.slice(middle)];
    let sum = "";
    for (const chunk of chunks) {
      sum += chunk;
      const told = mischief.has("cumulative") ? sum : chunk;
      const content = { type: "text", text: told };
      this.update({ sessionUpdate: "agent_message_chunk", content });
    }
  }
}

async function runCommand(session: Session, command: string): Promise<void> {
  const id = `tool-${++calls}`;
  const terminal = await ask("terminal/create", { sessionId: session.id, command });
  const { terminalId } = terminal;
  session.tool(id, "tool_call", {
    title: command,
    kind: "execute",
    status: "in_progress",
    content: [{ type: "terminal", terminalId }],
  });
  const place = { sessionId: session.id, terminalId };
  const ended = await Promise.race([
    ask("terminal/wait_for_exit", place),
    cancelled.promise.then(() => null),
  ]);
  // A cancelled command is left running: the client has to see to it.
  if (ended === null) return;
  session.tool(id, "tool_call_update", { status: "completed" });
  await ask("terminal/release", place);
}

async function appendLine(session: Session, name: string, line: string): Promise<void> {
  const id = `tool-${++calls}`;
  const path = `${Deno.cwd()}/${name}`;
  const place = { sessionId: session.id, path };
  session.tool(id, "tool_call", { title: `Write ${name}`, kind: "edit", status: "pending" });
  const old = await ask("fs/read_text_file", place).then(
    ({ content }) => String(content),
    () => "",
  );
  const newText = `${old}${line}\n`;
  await ask("fs/write_text_file", { ...place, content: newText });
  const diff = { type: "diff", path, oldText: old === "" ? null : old, newText };
  session.tool(id, "tool_call_update", { status: "completed", content: [diff] });
}

async function askAndRun(session: Session, command: string): Promise<void> {
  const options = mischief.has("odd-options")
    ? [{ optionId: "go", name: "Yes, proceed" }, { optionId: "halt", name: "No, stop" }]
    : [
      { optionId: "y", kind: "allow_once", name: "Allow" },
      { optionId: "n", kind: "reject_once", name: "Reject" },
    ];
  const toolCall = { toolCallId: "asked", kind: "execute", title: command, rawInput: { command } };
  const answer = await ask("session/request_permission", {
    sessionId: session.id,
    toolCall,
    options,
  });
  const outcome = answer.outcome as { optionId?: string };
  if (outcome.optionId === "y" || outcome.optionId === "go") await runCommand(session, command);
}

async function act(session: Session, step: Step): Promise<void> {
  if (typeof step.say === "string") return session.say(step.say);
  if (typeof step.append === "string") {
    return await appendLine(session, step.append, String(step.line));
  }
  if (typeof step.run === "string") return await runCommand(session, step.run);
  if (typeof step.ask === "string") return await askAndRun(session, step.ask);
  if (step.silent === true) return await cancelled.promise;
  if (typeof step.fail === "string") throw FAILURES[step.fail] ?? FAILURES.refused;
  if (step.update !== undefined) return session.update(step.update as Params);
}

/** The steps for this prompt: how often its script was prompted before in the session counts. */
function stepsOf(session: Session, prompt: string): Step[] {
  const script = /@@tasks([\s\S]*)@@end/.exec(prompt)?.[1];
  if (script === undefined) return [{ say: "There is nothing to do." }];
  const turns = JSON.parse(script) as Step[][];
  const before = session.prompts.filter((it) => it.includes(script)).length;
  return turns[Math.min(before, turns.length - 1)] ?? [];
}

async function prompted(session: Session, params: Params): Promise<Params> {
  cancelled = Promise.withResolvers<void>();
  const prompt = (params.prompt as { text: string }[]).map((part) => part.text).join("\n");
  const steps = stepsOf(session, prompt);
  session.add(prompt);
  let isCancelled = false;
  void cancelled.promise.then(() => isCancelled = true);
  noise();
  for (const step of steps) {
    await act(session, step);
    if (isCancelled) return { stopReason: mischief.has("cancel-lies") ? "end_turn" : "cancelled" };
  }
  if (!mischief.has("late")) session.say("End of turn.");
  const usage = { inputTokens: 800, outputTokens: 50, cachedReadTokens: 200, totalTokens: 1050 };
  return { stopReason: "end_turn", usage };
}

function newSession(): Params {
  const id = crypto.randomUUID();
  new Session(id).add("");
  const option = (value: string) => ({ value, name: value.toUpperCase() });
  return {
    sessionId: id,
    modes: {
      currentModeId: "default",
      availableModes: ["default", "plan", "free"].map((mode) => ({ id: mode, name: mode })),
    },
    configOptions: [{
      id: "the-model",
      category: "model",
      type: "select",
      currentValue: "small",
      options: [option("small"), { name: "More", options: [option("large")] }],
    }],
  };
}

function load(params: Params): Params {
  const session = new Session(String(params.sessionId));
  if (session.prompts.length === 0) throw { code: -32002, message: "No such session" };
  for (const prompt of session.prompts.slice(1)) {
    session.update({
      sessionUpdate: "user_message_chunk",
      content: { type: "text", text: prompt },
    });
    session.update({
      sessionUpdate: "agent_message_chunk",
      content: { type: "text", text: "(of old)" },
    });
  }
  const { sessionId: _, ...rest } = newSession();
  return rest;
}

async function answerTo(method: string, params: Params): Promise<Params> {
  switch (method) {
    case "initialize":
      if (mischief.has("deaf")) await new Promise(() => {});
      offers = (params.clientCapabilities ?? {}) as Params;
      return {
        protocolVersion: mischief.has("future") ? 2 : 1,
        agentCapabilities: {
          loadSession: !mischief.has("forgetful"),
          // Advertised, and not there.
          ...(mischief.has("resume-lies") ? { sessionCapabilities: { resume: {} } } : {}),
        },
        authMethods: mischief.has("login") ? [{ id: "l1", name: "Log in with Fake" }] : [],
        agentInfo: { name: "fake", version: "1.2.3" },
      };
    case "session/new":
      if (mischief.has("login")) throw { code: -32000, message: "Authentication required" };
      return newSession();
    case "session/load":
      return load(params);
    case "session/set_mode":
    case "session/set_config_option":
      Deno.writeTextFileSync(`${STATE}/settings.txt`, JSON.stringify(params) + "\n", {
        append: true,
      });
      return {};
    case "session/prompt":
      return await prompted(new Session(String(params.sessionId)), params);
    default:
      throw { code: -32601, message: "Method not found" };
  }
}

async function receive(message: Params): Promise<void> {
  const { id, method } = message;
  if (typeof method !== "string") return waiting.get(String(id))?.(message);
  const params = (message.params ?? {}) as Params;
  if (method === "session/cancel") return cancelled.resolve();
  if (id === undefined) return;
  try {
    const result = await answerTo(method, params);
    // One that forgets the id of the answer everybody waits for.
    const own = mischief.has("no-ids") && method === "session/prompt" ? {} : { id };
    write({ ...own, result });
  } catch (thrown) {
    const error = thrown instanceof Error ? { code: -32603, message: thrown.message } : thrown;
    write({ id, error });
  }
  if (method === "session/prompt" && mischief.has("late")) {
    new Session(String(params.sessionId)).say("End of turn, said late.");
  }
}

noise();
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) void receive(JSON.parse(line));
}
if (offers.terminal === undefined) Deno.exit(3);
Deno.exit(0);
