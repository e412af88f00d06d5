/** Waiting for something that only can be looked at: /proc, a file another process writes. */

const LOOK_AGAIN_MS = 20;
/** Nothing a test waits for takes so long, on however busy a machine. */
const MS_MAX = 30_000;

/** Looks again and again until there is an answer. @throws {Error} with `what`, when none comes. */
export async function soon<T>(what: string, look: () => Promise<T | null | false>): Promise<T> {
  const until = performance.now() + MS_MAX;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (performance.now() > until) throw new Error(`It did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
