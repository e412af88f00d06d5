/** car token rotate, car token show. */

import { CarError } from "../../base/errors.ts";
import { originText } from "../../control/config.ts";
import { readToken, rotateToken } from "../../hub/access/token.ts";
import { refuseAgent } from "../actor.ts";
import { loadCallConfig } from "../call_config.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<void> {
  refuseAgent(call);
  const { paths } = await call.context.either();
  const loaded = await loadCallConfig(call);
  const own = loaded.config.server.auth_token;
  if (call.spec.path === "token show") return show(call, own ?? readToken(paths.token));
  if (own !== null) {
    throw new CarError(
      "conflict",
      `The token is the one of server.auth_token (${
        originText(loaded.origin("server.auth_token"))
      }).`,
      { hint: "Change it there, or take it away: CAR then makes one by itself." },
    );
  }
  await rotateToken(paths.token);
  call.output.say(
    "A new token is in force; pages that are open ask for it. `car web` prints the address.",
  );
  if (call.json) call.output.json({ rotated: true });
}

function show({ json, output }: Call, token: string | null): void {
  if (token === null) {
    throw new CarError("not_found", "There is no token yet.", {
      hint: "`car serve` makes one at its first start, `car token rotate` at once.",
    });
  }
  if (json) output.json({ token });
  else output.line(token);
}
