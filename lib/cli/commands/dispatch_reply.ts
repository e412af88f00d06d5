/** `car dispatch reply`: a person's answer, from a flag, stdin or the editor. */

import { CarError } from "../../base/errors.ts";
import { decodeStrict, fileError } from "../../control/files.ts";
import { writeReply } from "../../control/replies.ts";
import { findDispatch, openDispatchBox } from "../../hub/dispatch_box.ts";
import { refuseAgent } from "../actor.ts";
import type { Call } from "../command.ts";
import { dispatchNumber } from "../dispatch_number.ts";
import { openEditor } from "../editor.ts";

/** As long as a message may be, in bytes. */
const REPLY_BYTES_MAX = 1_048_576;
/** Larger files belong into the repo, where the agent finds them. */
const ATTACHMENT_BYTES_MAX = 10 * 1_048_576;

export async function run(call: Call): Promise<void> {
  refuseAgent(call);
  const { input, output, io } = call;
  const box = await openDispatchBox(await call.context.repo(), input.text("run"));
  const asked = input.optionalArgument("number");
  const answers = asked === null ? null : findDispatch(box, dispatchNumber(asked)).number;
  const attachments = await Promise.all(
    input.texts("attach").map((path) => attachment(io.cwd, path)),
  );
  const number = await writeReply(box.paths, {
    text: await replyText(call),
    attachments,
    answers,
    atMs: io.clock.now(),
    key: crypto.randomUUID(),
  });
  const told = answers ?? box.dispatches.at(-1)?.number ?? null;
  if (call.json) return output.json({ run: box.run, reply: number, answers: told });
  output.say(`Reply ${number} is filed; the agent reads it with its next prompt`);
  output.say(call.context.said('Use "car resume" if the run is paused.'), "dim");
}

async function replyText(call: Call): Promise<string> {
  const given = call.input.text("text");
  if (given !== null) return given;
  if (call.io.isTerminal.in) return await fromEditor(call);
  return decoded(await call.io.readAll(REPLY_BYTES_MAX), "The reply");
}

/** An empty file means that the person thought better of it. */
async function fromEditor({ io }: Call): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "car-reply-", suffix: ".md" });
  try {
    await openEditor(io, path);
    const text = decoded(await Deno.readFile(path), "The reply");
    if (text.trim() !== "") return text;
    throw new CarError("invalid", "The reply is empty, so nothing was sent.");
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}

async function attachment(cwd: string, path: string): Promise<{ name: string; bytes: Uint8Array }> {
  const whole = path.startsWith("/") ? path : `${cwd}/${path}`;
  let size: number;
  let bytes: Uint8Array;
  try {
    const info = await Deno.stat(whole);
    if (!info.isFile) throw new CarError("invalid", `${path} is not a regular file.`);
    size = info.size;
    bytes = size > ATTACHMENT_BYTES_MAX ? new Uint8Array() : await Deno.readFile(whole);
  } catch (thrown) {
    throw thrown instanceof CarError ? thrown : fileError("attach", whole, thrown);
  }
  if (size > ATTACHMENT_BYTES_MAX) {
    throw new CarError(
      "invalid",
      `${path} has ${size} bytes; ${ATTACHMENT_BYTES_MAX} are allowed.`,
      {
        hint: "Put it into the repo and name its path in the reply.",
      },
    );
  }
  return { name: whole.slice(whole.lastIndexOf("/") + 1), bytes };
}

function decoded(bytes: Uint8Array, what: string): string {
  const text = decodeStrict(bytes)?.text;
  if (text !== undefined) return text;
  throw new CarError("invalid", `${what} is not UTF-8 text.`, { hint: "Save it as UTF-8." });
}
