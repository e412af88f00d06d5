/** A room for tests: its own root and owner, closed and removed at the end of the test. */

import { systemClock } from "../../lib/base/clock.ts";
import { ProcessRoom, type RoomOptions } from "../../lib/adapters/process/room.ts";

/** Runs `body` with a fresh room whose root is a fresh folder. */
export async function withRoom(
  body: (room: ProcessRoom, root: string) => Promise<void>,
  options: Partial<RoomOptions> = {},
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "car-room-" });
  const room = ProcessRoom.open({
    root,
    owner: crypto.randomUUID(),
    clock: systemClock,
    ...options,
  });
  try {
    await body(room, root);
  } finally {
    await room.close();
    await Deno.remove(root, { recursive: true });
  }
}

/** The text of a stream to its end. */
export async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}
