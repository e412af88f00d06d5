/** A file chat in a process of its own that tests can kill: `file_chat_program.ts ROOT FILE MESSAGE`. */

import { systemClock } from "../../lib/base/clock.ts";
import { openFleet } from "../../lib/hub/fleet/open_fleet.ts";
import { FileChats } from "../../lib/hub/file_chat/file_chats.ts";

const [root = "", file = "", message = ""] = Deno.args;
const shared = { clock: systemClock, environment: Deno.env.toObject(), safe: false };
const fleet = await openFleet({
  ...shared,
  root,
  mode: "hub",
  command: "car serve",
  say: () => {},
});
const desk = fleet.requireDesk("alpha");
const chats = new FileChats(shared);
const { id } = await chats.ask(desk, { target: { file }, message, by: "web:anna" });
await chats.follow(desk, id, (event) => {
  if (event.type === "progress" && event.progress.type === "output") console.log(id);
}, new AbortController().signal);
