/** Marks what a page hydrates: the server renders it, `boot.ts` in the browser makes it live. */

import { type ComponentType, h } from "preact";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "car-island": {
        readonly "data-name": string;
        readonly "data-props": string;
        readonly children?: unknown;
      };
    }
  }
}

/** @param props Must survive JSON: they travel in the page, so they carry nothing private. */
export function Island<P extends object>(
  { name, of, props }: { name: string; of: ComponentType<P>; props: P },
) {
  return (
    <car-island data-name={name} data-props={JSON.stringify(props)}>
      {h(of, props)}
    </car-island>
  );
}
