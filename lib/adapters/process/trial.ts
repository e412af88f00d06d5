/** Starts a program only to see whether that is allowed. */

/**
 * Starts it without input, output or environment, and kills it at once. Outside of the room: where the
 * permissions are tried, the shell that the room stands on may be what is refused.
 * @throws what the runtime throws when it may not or cannot be started.
 */
export async function startAndEnd(program: string): Promise<void> {
  const child = new Deno.Command(program, {
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await child.status;
}
