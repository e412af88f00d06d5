/** `car permissions`: what this start of CAR may do, and what happens when it tries. */

import { type Confinement, type Granted, PERMISSION_KINDS } from "../../base/permissions.ts";
import type { Call } from "../command.ts";
import { probe, type Probed, readProbe } from "../permission_probe.ts";

/** How CAR was started, in a word. */
function postureOf(confinement: Confinement): "all" | "safe" | "restricted" {
  if (confinement.type === "none") return "all";
  return confinement.safe ? "safe" : "restricted";
}

const POSTURE_WORDS = {
  all: "Everything is allowed; agents have their own posture (car agents).",
  safe:
    "Only this is allowed; agents get the safe posture, and commands of the repo are approved first.",
  restricted: "Only this is allowed.",
} as const;

export async function run(call: Call): Promise<number> {
  const { confinement } = call.io;
  const posture = postureOf(confinement);
  const wanted = call.input.texts("try").map(readProbe);
  const tried: Probed[] = [];
  for (const it of wanted) tried.push(await probe(it, call.io));
  const code = tried.every((it) => it.allowed) ? 0 : 1;
  if (call.json) {
    const grants = Object.fromEntries(rowsOf(confinement));
    call.output.json({ posture, grants, tried });
    return code;
  }
  if (tried.length > 0) {
    for (const it of tried) tell(call, it);
    return code;
  }
  call.output.say(POSTURE_WORDS[posture]);
  for (const [kind, granted] of rowsOf(confinement)) {
    const words = granted === "all" ? ["everything"] : granted.length === 0 ? ["nothing"] : granted;
    for (const [at, word] of words.entries()) {
      call.output.line(`${(at === 0 ? kind : "").padEnd(KIND_COLUMNS)}${word}`);
    }
  }
  return code;
}

/** The longest kind and two blanks. */
const KIND_COLUMNS = 8;

function rowsOf(confinement: Confinement): readonly (readonly [string, Granted])[] {
  return Object.keys(PERMISSION_KINDS).map((kind) => {
    if (confinement.type === "none") return [kind, "all"];
    return [kind, confinement.grants[kind as keyof typeof PERMISSION_KINDS]];
  });
}

function tell({ output }: Call, { kind, what, allowed, detail, flag }: Probed): void {
  const words = `${allowed ? "allowed" : "refused"}  ${kind} ${what}`;
  output.line(detail === "" ? words : `${words}: ${detail}`, allowed ? "good" : "bad");
  if (flag !== null) output.line(`         ${flag} before the command would allow it`);
}
