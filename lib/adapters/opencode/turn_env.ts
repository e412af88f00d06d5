/**
 * The environment of a turn's commands. One server runs the commands of all sessions with its own
 * environment; a small plugin of CAR's, loaded by the server, gives each session the one that came
 * with its prompt. The marks in it are how CAR finds what a turn left running.
 */

/** Where in a prompt's metadata the environment stands. */
const KEY = "car_env";

/** What the prompt's text part carries for the plugin. */
export const promptMetadata = (env: Readonly<Record<string, string>>) => ({ [KEY]: env });

/** The plugin, as the program loads it: it runs inside of OpenCode and shares no code with CAR. */
export const PLUGIN = `// Written by CAR at each start of OpenCode; changes are lost.
// Gives the commands of a session the environment that came with its prompt.
export const CarTurnEnv = async () => {
  const envOf = new Map();
  const parentOf = new Map();
  return {
    event: async ({ event }) => {
      const info = event.type === "session.created" ? event.properties.info : undefined;
      if (info?.parentID) parentOf.set(info.id, info.parentID);
    },
    "chat.message": async ({ sessionID }, { parts }) => {
      for (const part of parts) {
        if (part.metadata?.${KEY}) envOf.set(sessionID, part.metadata.${KEY});
      }
    },
    "shell.env": async ({ sessionID }, { env }) => {
      let id = sessionID;
      while (id && !envOf.has(id)) id = parentOf.get(id);
      Object.assign(env, envOf.get(id) ?? {});
    },
  };
};
`;
