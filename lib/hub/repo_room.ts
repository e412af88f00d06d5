/** A process room of its own for something short, where a repo's destination has its agents run. */

import type { ContainerBox } from "../adapters/container/box.ts";
import { ProcessRoom } from "../adapters/process/room.ts";
import type { Clock } from "../base/clock.ts";
import { boxFor, type BoxPlace } from "./repo_box.ts";

export interface RoomPlace extends BoxPlace {
  readonly clock: Clock;
}

/**
 * Opens the room, has a container begin and end where containers are wanted, and ends all at the end.
 * @throws {CarError} `unavailable` when containers are wanted and cannot be had.
 */
export async function withRepoRoom<T>(
  place: RoomPlace,
  body: (room: ProcessRoom, box: ContainerBox | null) => Promise<T>,
): Promise<T> {
  const { root, clock, environment } = place;
  const box = await boxFor(place);
  const room = ProcessRoom.open({
    root,
    owner: crypto.randomUUID(),
    clock,
    environment,
    ...(box === null ? {} : { box }),
  });
  try {
    await box?.prepare((spec, options) => room.run(spec, options));
    return await body(room, box);
  } finally {
    await room.close();
  }
}
