/** A plot; the library that draws it is loaded when the first one is shown. Its numbers are a table too. */

import { useEffect, useRef } from "preact/hooks";

export interface PlotSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Where a column ends that stands on those of later series; absent: at its value. */
  readonly heights?: readonly number[];
  /** A colour of `tokens.css`: `--running`. */
  readonly colour: string;
  /** `y` at the start, `y2` at the end side. */
  readonly scale: "y" | "y2";
  readonly kind: "bars" | "line";
}

export interface PlotProps {
  readonly label: string;
  /** Numbers, or moments in seconds where `isTime`. */
  readonly x: readonly number[];
  readonly isTime?: boolean;
  /** Words under the axis instead of the numbers of x, which then count from 0. */
  readonly names?: readonly string[];
  readonly series: readonly PlotSeries[];
  /** In CSS pixels. */
  readonly height: number;
}

export function Plot(props: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let end: (() => void) | null = null;
    let shown = true;
    void import("./plot_view.ts").then(({ drawPlot }) => {
      if (shown) end = drawPlot(element, props);
    });
    return () => {
      shown = false;
      end?.();
    };
  }, [JSON.stringify([props.x, props.series, props.names])]);
  return (
    <figure class="plot" aria-label={props.label}>
      <div ref={box} aria-hidden="true" />
      <table class="aside-from-eyes">
        <caption>{props.label}</caption>
        <thead>
          <tr>
            <th scope="col">at</th>
            {props.series.map((it) => <th key={it.label} scope="col">{it.label}</th>)}
          </tr>
        </thead>
        <tbody>
          {props.x.map((at, index) => (
            <tr key={index}>
              <th scope="row">{props.names?.[index] ?? at}</th>
              {props.series.map((it) => <td key={it.label}>{it.values[index] ?? ""}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
