/** Works through a list a few at a time. */

/** Runs `body` for each item, `width` at once; the first failure ends it when those under way are over. */
export async function inParallel<T>(
  width: number,
  items: readonly T[],
  body: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  let failed = false;
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined && !failed; item = waiting.shift()) {
      try {
        await body(item);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: width }, worker));
  const broken = settled.find((it) => it.status === "rejected");
  if (broken !== undefined) throw broken.reason;
}
