/** Signals of yes or no. */

import { type Signal, signal, useSignal } from "@preact/signals";

const NO: boolean = false;

/** No at first. */
export const flag = (): Signal<boolean> => signal(NO);

/** A component's own; no at first unless said otherwise. */
export const useFlag = (first = NO): Signal<boolean> => useSignal(first);
