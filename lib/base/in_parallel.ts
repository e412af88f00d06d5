/** Works through a list a few at a time: all at once would use up files and the disk's patience. */

/**
 * What `work` makes of each item, in the order of the items, `width` at once.
 * @throws the first failure, when those that are under way are over; no other item is begun then.
 */
export async function inParallel<T, R>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < items.length && !failed) {
      const at = next++;
      try {
        results[at] = await work(items[at] as T);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: width }, worker));
  const broken = settled.find((it) => it.status === "rejected");
  if (broken !== undefined) throw broken.reason;
  return results;
}
