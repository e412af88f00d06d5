/** A dialog over the page: the browser's own, so that focus, escape and the veil are as everywhere. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button } from "./button.tsx";

export function Dialog(
  { title, open, onClose, children, foot, wide = false }: {
    title: string;
    open: boolean;
    onClose: () => void;
    children: ComponentChildren;
    foot?: ComponentChildren;
    wide?: boolean;
  },
) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={box}
      class={wide ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        // The veil belongs to the dialog element; its content lies in a child.
        if (event.target === box.current) onClose();
      }}
    >
      {open
        ? (
          <div>
            <div class="dialog-head">
              <h2 id={id}>{title}</h2>
              <Button kind="quiet" icon="close" label="Close" onClick={onClose} />
            </div>
            <div class="dialog-body">{children}</div>
            {foot === undefined ? null : <div class="dialog-foot">{foot}</div>}
          </div>
        )
        : null}
    </dialog>
  );
}

/** Asks before what cannot be taken back. */
export function Confirm(
  { title, open, verb, onYes, onNo, children }: {
    title: string;
    open: boolean;
    /** On the button: what will be done, e.g. `Stop the run`. */
    verb: string;
    onYes: () => void;
    onNo: () => void;
    children: ComponentChildren;
  },
) {
  return (
    <Dialog
      title={title}
      open={open}
      onClose={onNo}
      foot={
        <>
          <Button onClick={onNo}>Cancel</Button>
          <Button kind="danger" onClick={onYes}>{verb}</Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
