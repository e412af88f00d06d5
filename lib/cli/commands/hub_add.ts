/** `car hub add`: lists a git repo and sets CAR up in it. */

import { addRepo } from "../../hub/listing/roster.ts";
import { tellAdded } from "../added_view.ts";
import { callGround } from "../call_hub.ts";
import type { Call } from "../command.ts";

export async function run(call: Call): Promise<number> {
  const { input, io } = call;
  const path = input.argument("path");
  const folder = path.startsWith("/") ? path : `${io.cwd.replace(/\/$/, "")}/${path}`;
  const id = input.text("id");
  const added = await addRepo(await callGround(call), folder, id === null ? {} : { id });
  return await tellAdded(call, added);
}
