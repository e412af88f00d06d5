/** Draws a plot by uPlot, in the colours of the page, and draws it anew when those or the room change. */

import uPlot from "uplot";
import type { PlotProps, PlotSeries } from "./plot.tsx";

const BAR_SHARE = 0.6;
const BAR_MAX_PX = 48;

/** @returns Takes it away. */
export function drawPlot(element: HTMLElement, props: PlotProps): () => void {
  let plot: uPlot | null = null;
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(optionsFor(element, props), dataOf(props), element);
  };
  draw();
  const resized = new ResizeObserver(() => {
    plot?.setSize({ width: element.clientWidth, height: props.height });
  });
  resized.observe(element);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", draw);
  const themed = new MutationObserver(draw);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    resized.disconnect();
    themed.disconnect();
    dark.removeEventListener("change", draw);
    plot?.destroy();
  };
}

const dataOf = ({ x, series }: PlotProps): uPlot.AlignedData => [
  [...x],
  ...series.map((it) => [...(it.heights ?? it.values)]),
];

/** A canvas knows no variables: the colour they stand for is asked of an element that has it. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function optionsFor(element: HTMLElement, props: PlotProps): uPlot.Options {
  const { x, names, series, height } = props;
  const ink = colourOf(element, "--ink-3");
  const edge = colourOf(element, "--edge");
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: ink, font, grid: { stroke: edge, width: 1 }, ticks: { show: false } };
  const named = names === undefined ? {} : {
    values: (_: uPlot, splits: number[]) => splits.map((at) => names[at] ?? ""),
    incrs: STEPS,
    space: roomOf(names),
  };
  return {
    width: Math.max(200, element.clientWidth),
    height,
    legend: { live: true },
    cursor: { y: false, points: { show: false } },
    scales: {
      x: {
        time: props.isTime === true,
        ...(names === undefined ? {} : { range: columnsOf(x.length) }),
      },
      y: { range: fromZero },
      y2: { range: fromZero },
    },
    axes: [
      { ...axis, grid: { show: false }, ...named },
      { ...axis, size: 56, values: (_, splits) => splits.map(short) },
      ...(series.some((it) => it.scale === "y2")
        ? [{ ...axis, scale: "y2", side: 1 as const, size: 44, grid: { show: false } }]
        : []),
    ],
    series: [
      // Before one points at something there is nothing to tell.
      names === undefined ? {} : { value: (_, at) => names[at] ?? "" },
      ...series.map((it) => seriesOptions(element, it)),
    ],
  };
}

/** Of one name under the axis with a gap behind it, in CSS pixels: its letters are about so wide. */
const LETTER_PX = 7;
const GAP_PX = 16;
const roomOf = (names: readonly string[]): number =>
  Math.max(0, ...names.map((it) => it.length)) * LETTER_PX + GAP_PX;

/** Columns from one name under the axis to the next: as few as there is room for. */
const STEPS = [1, 2, 5, 10, 20, 50, 100];

/** A few columns stand at the beginning, as wide as many would be. */
const COLUMNS_MIN = 8;
const columnsOf = (count: number) => (): [number, number] => [
  -0.6,
  Math.max(COLUMNS_MIN, count) - 0.4,
];
const fromZero = (
  _: uPlot,
  _min: number,
  max: number,
): [number, number] => [0, max > 0 ? max * 1.08 : 1];

/** `12k`, `3.4M`: an axis has no room for more. */
function short(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  return value >= 1e4 ? `${Math.round(value / 1e3)}k` : String(Math.round(value * 100) / 100);
}

function seriesOptions(element: HTMLElement, it: PlotSeries): uPlot.Series {
  const stroke = colourOf(element, it.colour);
  const value = (_: uPlot, given: number | null, __: number, at: number | null) => {
    const own = at === null ? given : it.values[at] ?? null;
    return own === null ? "" : own.toLocaleString("en");
  };
  const shared = { label: it.label, value, scale: it.scale, stroke, width: 1.5 };
  if (it.kind === "line") return { ...shared, points: { size: 6, fill: stroke } };
  const paths = uPlot.paths.bars?.({ size: [BAR_SHARE, BAR_MAX_PX], radius: 0.15 });
  return {
    ...shared,
    width: 0,
    fill: stroke,
    points: { show: false },
    ...(paths === undefined ? {} : { paths }),
  };
}
