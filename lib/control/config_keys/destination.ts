/** Config keys of the place where agents and checks run: this machine, or a container of their own. */

import { engineOptions, mounts, pattern, variables } from "./container_values.ts";
import { orNone, type Spec, type ValueOf } from "./row.ts";
import { choice, path } from "./scalars.ts";

export const DESTINATION_KINDS = ["local", "container"] as const;
export const ENGINES = ["auto", "podman", "docker"] as const;

export const destination = {
  kind: choice(
    DESTINATION_KINDS,
    "local",
    "Where agents and checks run: on this machine, or each in a container of its own.",
    { docker: "container" },
  ),
  engine: choice(
    ENGINES,
    "auto",
    "The container engine; auto takes podman where it is installed, else docker.",
  ),
  image: orNone(
    pattern(
      /^[a-z0-9][\w.:/@-]*$/,
      "an image such as registry/name:tag",
      "The image containers are made from; CAR never fetches it.",
    ),
  ),
  rootfs: orNone(
    path("/srv/agent-root", "A folder that is the container's file system instead of an image's."),
  ),
  mounts: mounts("What a container sees of this machine besides the repo and its git folder."),
  env: variables("Names of variables of CAR's own environment that the container gets."),
  workdir: orNone(
    pattern(/^\/[^\p{Cc}]*$/u, "an absolute path inside", "Where programs begin inside."),
    "the repo, which has the same path inside",
  ),
  network: orNone(
    pattern(
      /^[A-Za-z0-9][\w.-]*$/,
      "host, none or the name of a network",
      "The network of the container.",
    ),
    "the engine's own",
  ),
  user: pattern(
    /^(person|image|\d{1,10}(:\d{1,10})?)$/,
    "person, image or numbers such as 1000:1000",
    "Whose files are made inside: those of the person who runs CAR, or as the image says.",
    "person",
  ),
  options: engineOptions("Further options of the engine: limits, and what tightens the container."),
} as const satisfies Spec;

export type DestinationSettings = ValueOf<typeof destination>;
