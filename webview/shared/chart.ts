/** A line chart in the theme's colours, drawn again when the theme or the width changes. */

import './locale.ts';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartData, Curve } from './chartData.ts';
import { formatMeasure, formatTick } from './numbers.ts';

const HEIGHT = 180;

export class LineChart {
  readonly element: HTMLElement;
  readonly #curves: readonly Curve[];
  #data: ChartData;
  #plot: uPlot | undefined;
  #frame = 0;
  readonly #watching: { disconnect(): void }[];

  constructor(element: HTMLElement, curves: readonly Curve[]) {
    this.element = element;
    this.#curves = curves;
    this.#data = [[], ...curves.map(() => [])];
    const size = new ResizeObserver(() => this.#resize());
    size.observe(element);
    const theme = new MutationObserver(() => this.#rebuild());
    theme.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
    this.#watching = [size, theme];
  }

  /** Steps arrive faster than a screen shows them: at most one drawing a frame. */
  set(data: ChartData): void {
    this.#data = data;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (this.#plot) this.#plot.setData(this.#aligned());
      else this.#rebuild();
    });
  }

  dispose(): void {
    for (const watching of this.#watching) watching.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#plot?.destroy();
  }

  #aligned(): uPlot.AlignedData {
    return this.#data.map((values) => [...values]) as uPlot.AlignedData;
  }

  #resize(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    if (this.#plot) this.#plot.setSize({ width, height: HEIGHT });
    else this.#rebuild();
  }

  #rebuild(): void {
    const width = this.element.clientWidth;
    this.#plot?.destroy();
    this.#plot = undefined;
    if (width === 0 || this.#data[0].length === 0) return;
    const text = themeColor('--vscode-foreground', '#888');
    const grid = { stroke: faint(themeColor('--vscode-charts-lines', '#888')), width: 1 };
    const font = `11px ${themeColor('--vscode-font-family', 'sans-serif')}`;
    const axis: uPlot.Axis = { stroke: text, font, grid, ticks: { ...grid, size: 4 } };
    this.#plot = new uPlot(
      {
        width,
        height: HEIGHT,
        scales: { x: { time: false } },
        axes: [
          { ...axis, size: 32, space: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000] },
          { ...axis, size: 62, values: (_plot, splits) => splits.map((value) => formatTick(value)) },
        ],
        legend: { live: true },
        cursor: { y: false, points: { size: 6 } },
        series: [
          { label: 'step' },
          ...this.#curves.map(({ label, color, isSparse }) => ({
            label,
            stroke: themeColor(`--vscode-charts-${color}`, color),
            width: 2,
            spanGaps: true,
            ...(isSparse ? { dash: [6, 4], points: { show: true, size: 6 } } : {}),
            value: (_plot: uPlot, value: number | null) => (value === null ? '–' : formatMeasure(value)),
          })),
        ],
      },
      this.#aligned(),
      this.element,
    );
    // The canvas says nothing to a screen reader; the table beside it does.
    this.#plot.root.setAttribute('aria-hidden', 'true');
  }
}

function themeColor(name: string, otherwise: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
}

/** The theme's chart lines are meant for borders; as a grid they would be louder than the curves. */
function faint(color: string): string {
  return `color-mix(in srgb, ${color} 35%, transparent)`;
}
