/** What went wrong, in the server's words: code, message, what to do. */

export class Problem extends Error {
  override readonly name = "Problem";

  /** @param body The whole answer: a conflict carries both versions of the document. */
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string | null = null,
    readonly body: unknown = null,
  ) {
    super(message);
  }

  /** The answer of the API, or a sentence for one that is none of its own. */
  static ofAnswer(status: number, body: unknown): Problem {
    const error = field(body, "error");
    const message = field(error, "message");
    if (typeof message !== "string") {
      return new Problem("internal", `The server answered with ${status}`);
    }
    const code = field(error, "code");
    const hint = field(error, "hint");
    return new Problem(
      typeof code === "string" ? code : "internal",
      message,
      typeof hint === "string" ? hint : null,
      body,
    );
  }

  static of(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    if (thrown instanceof TypeError) {
      return new Problem("unavailable", "CAR does not answer", "Is it still running?");
    }
    return new Problem("internal", thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const field = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
