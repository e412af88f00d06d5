/**
 * A document of the server's that is edited here: what the edit stands on, that it survives a reload,
 * how it is saved, and what happens when somebody else has changed the document meanwhile.
 */

import { type ReadonlySignal, type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask } from "./api.ts";
import { useFlag } from "./flag.ts";
import { toast, toastProblem } from "./parts/toast.tsx";
import { Problem } from "./problem.ts";
import { type Resource, useResource } from "./resource.ts";
import { type Base, forgetUnsaved, keepUnsaved, readUnsaved, type Unsaved } from "./unsaved.ts";

export type { Base } from "./unsaved.ts";

/** How edits of one kind of document work. */
export interface EditKind<D extends Base, E> {
  /** Where this very document is saved, and by which its unsaved edit is kept. */
  addressOf(doc: D): string;
  isEdit(value: unknown): value is E;
  /** The body of the PUT, or null when the edit comes to nothing. */
  changeOf(edit: E, standing: string): object | null;
  /** What was typed while a save was on its way, over what was saved. */
  onto(edit: E, saved: D): E;
  /** The whole text as an edit, e.g. when two versions were brought together. */
  whole(text: string): object;
}

export interface Conflict {
  /** As it stands; null when it is no longer there. */
  readonly theirs: Base | null;
  readonly mine: string;
  /** What both were made from. */
  readonly base: string;
}

export interface Editing<D extends Base, E> {
  readonly resource: ReadonlySignal<Resource<D>>;
  /** Null while nothing is changed. */
  readonly edit: ReadonlySignal<E | null>;
  /** Somebody else has changed the document since the edit began. */
  readonly isStale: ReadonlySignal<boolean>;
  readonly isSaving: ReadonlySignal<boolean>;
  readonly conflict: ReadonlySignal<Conflict | null>;
  /** Null once it is as the document is. */
  change(edit: E | null): void;
  save(): Promise<void>;
  /** Ends a conflict: with theirs, or with a text of one's own over it. */
  settle(text: string | null): Promise<void>;
  /** Leaves a conflict for later; the edit stays. */
  postpone(): void;
  refresh(): void;
  /** Shows what the server has just answered. */
  show(doc: D): void;
}

const DONE: boolean = false;
const GOING: boolean = true;

export function useEditing<D extends Base, E>(
  path: string | null,
  kind: EditKind<D, E>,
): Editing<D, E> {
  const { state: resource, refresh, set } = useResource<D>(path);
  const shown = resource.value.value;
  const address = shown === null ? null : kind.addressOf(shown);
  const unsaved = useUnsaved<E>(address, kind.isEdit);
  const saving = useFlag();
  const conflict = useSignal<Conflict | null>(null);
  const edit = useComputed(() => unsaved.value?.edit ?? null);
  const isStale = useComputed(() => {
    const [base, now] = [unsaved.value?.base.etag, resource.value.value?.etag];
    return base !== undefined && now !== undefined && base !== now;
  });

  const put = (body: object, etag: string) =>
    putIt<D>(address ?? "", {
      body,
      etag,
      saving,
      onConflict: (it) => {
        conflict.value = { ...it, base: unsaved.peek()?.base.text ?? "" };
      },
      show: (it) => set(it, it.etag),
    });

  const save = async () => {
    const now = unsaved.peek();
    if (now === null || saving.peek()) return;
    const body = kind.changeOf(now.edit, now.base.text);
    if (body === null) return void (unsaved.value = null);
    const saved = await put(body, now.base.etag);
    if (saved === null) return;
    const since = unsaved.peek();
    unsaved.value = since === null || since === now || since.edit === now.edit
      ? null
      : { base: baseOf(saved), edit: kind.onto(since.edit, saved) };
  };

  return {
    resource,
    edit,
    isStale,
    isSaving: saving,
    conflict,
    change: (changed) => {
      const base = unsaved.peek()?.base ?? resource.peek().value;
      if (base === null) return;
      const isNone = changed === null || kind.changeOf(changed, base.text) === null;
      unsaved.value = isNone ? null : { base: baseOf(base), edit: changed };
    },
    save,
    settle: async (text) => {
      const theirs = conflict.peek()?.theirs ?? null;
      conflict.value = null;
      if (text === null || theirs === null) {
        unsaved.value = null;
        return refresh();
      }
      if (await put(kind.whole(text), theirs.etag) === null) return;
      unsaved.value = null;
      toast("done", "Saved");
    },
    postpone: () => void (conflict.value = null),
    refresh,
    show: (doc) => set(doc, doc.etag),
  };
}

const baseOf = ({ text, etag }: Base): Base => ({ text, etag });

interface Put<D> {
  readonly body: object;
  readonly etag: string;
  readonly saving: Signal<boolean>;
  readonly onConflict: (found: BothTexts) => void;
  readonly show: (saved: D) => void;
}

/** @returns What is saved now; null when it was not, which is then told. */
async function putIt<D>(path: string, { body, etag, ...tell }: Put<D>): Promise<D | null> {
  tell.saving.value = GOING;
  try {
    const { value } = await ask<D>(path, { method: "PUT", etag, body });
    tell.show(value);
    return value;
  } catch (thrown) {
    const found = conflictOf(thrown);
    if (found === null) toastProblem(thrown);
    else tell.onConflict(found);
    return null;
  } finally {
    tell.saving.value = DONE;
  }
}

/** The edit of this tab, kept where a reload finds it. */
function useUnsaved<E>(address: string | null, isEdit: (value: unknown) => value is E) {
  const unsaved = useSignal<Unsaved<E> | null>(null);
  useEffect(() => {
    if (address === null) return;
    unsaved.value = readUnsaved(sessionStorage, address, isEdit);
    return unsaved.subscribe((now) => {
      if (now === null) forgetUnsaved(sessionStorage, address);
      else keepUnsaved(sessionStorage, address, now);
    });
  }, [address]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (unsaved.peek() !== null) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);
  return unsaved;
}

type BothTexts = Omit<Conflict, "base">;

/** Both texts of a 409; null when it was another failure. */
export function conflictOf(thrown: unknown): BothTexts | null {
  const { code, body } = Problem.of(thrown);
  const { current, yours } = (body ?? {}) as {
    current?: Base | null;
    yours?: { readonly text: string };
  };
  if (code !== "conflict" || yours === undefined) return null;
  return { theirs: current ?? null, mine: yours.text };
}
