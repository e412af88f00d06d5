/** Line icons on a grid of 16, drawn in the colour of the text beside them. */

const PATHS = {
  run: "M5 3.5v9l7.5-4.5z",
  once: "M4 3.5v9l6-4.5zM12.5 3.5v9",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  stop: "M4 4h8v8H4z",
  kill: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 4.8",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM14 14l-3.4-3.4",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  inbox: "M2.5 9h3l1 2h3l1-2h3M2.5 9v4h11V9L11.5 3.5h-7z",
  home: "M2.5 7.5 8 3l5.5 4.5V13h-11z",
  repo: "M3.5 2.5h9v11h-9zM3.5 11h9",
  branch: "M5 2.5v11M5 9c4.5 0 6-1.5 6-4.5M11 4.5a1 1 0 1 0 0-2 1 1 0 0 0 0 2z",
  chat: "M2.5 3h11v8H8l-3 2.5V11H2.5z",
  terminal: "M2.5 3h11v10h-11zM5 6l2 2-2 2M8.5 10h2.5",
  usage: "M3 13V8.5M6.5 13V4M10 13V6.5M13.5 13V2.5",
  archive: "M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3",
  settings: "M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3",
  doc: "M4 2.5h5.5L12 5v8.5H4zM9.5 2.5V5H12M6 8h4M6 10.5h4",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 1.5",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5V5h-2.5",
  left: "M10 3 5 8l5 5",
  right: "M6 3l5 5-5 5",
  up: "M3 10l5-5 5 5",
  down: "M3 6l5 5 5-5",
  grip: "M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  edit: "M3 13l.8-3L10.5 3.2l2.3 2.3L6 12.2z",
  trash: "M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.6 9h5.8l.6-9",
  link: "M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.3 4.3l-1 1M9 11.5l-1 1a3 3 0 0 1-4.3-4.3l1-1",
  sun:
    "M8 10.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z",
  bell: "M4 11.5V7.5a4 4 0 0 1 8 0v4l1 1H3zM6.8 14h2.4",
  person: "M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.6-2.5 2.5-3.7 5-3.7s4.4 1.2 5 3.7",
  warn: "M8 2.5 14 13H2zM8 6.5v3M8 11.2h.01",
  help:
    "M6 6a2 2 0 1 1 2.7 1.9c-.5.2-.7.6-.7 1.1v.5M8 11.8h.01M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4z",
  attach: "M12.5 7.5 8 12a3 3 0 0 1-4.2-4.2l5-5a2 2 0 0 1 2.8 2.8l-5 5a1 1 0 0 1-1.4-1.4L9.5 5",
  send: "M2.5 8 13.5 3 9.5 13.5 7.5 9z",
  reader: "M3 10V6h2.5L9 3v10l-3.5-3zM11 6.2a2.5 2.5 0 0 1 0 3.6M12.6 4.4a5 5 0 0 1 0 7.2",
  printer: "M4.5 6v-3.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
} as const satisfies Record<string, string>;

export type IconName = keyof typeof PATHS;

/** Says nothing to a screen reader: the text beside it, or the button's label, does. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
