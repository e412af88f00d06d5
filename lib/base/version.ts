/** Which CAR this is: the release, and in a compiled program the commit it was built from. */

/** Put in by `scripts/compile.ts`; absent when CAR runs from its sources. */
declare const CAR_COMMIT: string | undefined;

export const VERSION = "0.1.0";

/** Short commit id, with `-dirty` after it when the tree was changed; null outside a build. */
export const COMMIT: string | null = typeof CAR_COMMIT === "string" ? CAR_COMMIT : null;

/** What `car --version` prints, e.g. `car 0.1.0 (1a2b3c4)`. */
export function versionLine(): string {
  return COMMIT === null ? `car ${VERSION}` : `car ${VERSION} (${COMMIT})`;
}
