/** What one presses. */

import type { ComponentChildren, TargetedMouseEvent } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps {
  readonly kind?: "plain" | "primary" | "quiet" | "danger";
  readonly icon?: IconName;
  /** The name where there is no text; the tooltip everywhere. */
  readonly label?: string;
  readonly onClick?: (event: TargetedMouseEvent<HTMLButtonElement>) => void;
  /** Why it cannot be pressed now: it stays focusable and says so. */
  readonly unavailable?: string | null;
  /** What was pressed is on its way. */
  readonly busy?: boolean;
  readonly type?: "button" | "submit";
  readonly pressed?: boolean;
  readonly children?: ComponentChildren;
}

export function Button(props: ButtonProps) {
  const { kind = "plain", icon, label, unavailable = null, busy = false, children } = props;
  const off = unavailable !== null || busy;
  return (
    <button
      type={props.type ?? "button"}
      class={children === undefined ? "button icon-only" : "button"}
      data-kind={kind}
      // What is written on it is its name: who speaks to his computer says what he reads.
      aria-label={children === undefined ? label : undefined}
      title={unavailable ?? label}
      aria-disabled={off}
      aria-busy={busy}
      aria-pressed={props.pressed}
      onClick={(event) => {
        if (off) event.preventDefault();
        else props.onClick?.(event);
      }}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button: it leads somewhere, it does nothing. */
export function LinkButton(
  { href, kind = "plain", icon, children }: {
    href: string;
    kind?: "plain" | "primary" | "quiet";
    icon?: IconName;
    children: ComponentChildren;
  },
) {
  return (
    <a class="button" data-kind={kind} href={href}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </a>
  );
}

export const Kbd = ({ children }: { children: ComponentChildren }) => (
  <kbd class="kbd">{children}</kbd>
);
