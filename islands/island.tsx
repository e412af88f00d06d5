/** Marks what a page hydrates: the server renders it, `boot.ts` in the browser makes it live. */

import { type ComponentType, h } from "preact";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "car-island": {
        readonly "data-name": string;
        readonly "data-props": string;
        readonly "data-first": string;
        readonly children?: unknown;
      };
    }
  }
}

/**
 * @param props Must survive JSON: they travel in the page, so they carry nothing private.
 * @param first What the island asks of the API at once: `boot.ts` asks for it while it loads.
 */
export function Island<P extends object>(
  { name, of, props, first }: {
    name: string;
    of: ComponentType<P>;
    props: P;
    first: readonly string[];
  },
) {
  return (
    <car-island
      data-name={name}
      data-props={JSON.stringify(props)}
      data-first={JSON.stringify(first)}
    >
      {h(of, props)}
    </car-island>
  );
}
