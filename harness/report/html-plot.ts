import { html, type SafeHtml, trusted } from "./html-escape.ts";

export interface Series {
  readonly name: string;
  /** By x, ascending. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  /** An id that nothing else on the page has. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in words, for whoever does not see it. */
  readonly description: string;
  readonly x: string;
  readonly y: string;
  /** On which axes each step is ten times the one before. */
  readonly logarithmic: "neither" | "y" | "both";
  readonly series: readonly Series[];
}

// In pixels. The margins hold the numbers of the axes and the names of the series.
const WIDTH = 560;
const HEIGHT = 280;
const LEFT = 64;
const RIGHT = 120;
const TOP = 28;
const BOTTOM = 44;
/** Names of series closer than this would stand on each other. */
const NAME_HEIGHT = 15;
/** Lines differ by more than their colour: for print, and for whoever cannot tell the colours. */
const DASHES = ["none", "7 4", "2 3", "10 3 2 3"];

/**
 * Lines over a number, as a picture that scales with the page and takes its colours from the style sheet. Its numbers belong in a table
 * beside it.
 *
 * @example
 * ```ts
 * renderPlot({ id: "p", title: "Runs", description: "Runs double.", x: "loads", y: "runs", logarithmic: "y", series: [{ name: "runs", points: [[2, 3], [3, 6]] }] });
 * ```
 */
export function renderPlot({ id, title, description, x, y, logarithmic, series }: Plot): SafeHtml {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const marks = logarithmic === "neither" ? evenSteps(series) : powersOfTen(valuesOf(series));
  // Where it is not logarithmic there are few places, and each is named.
  const places = logarithmic === "both" ? powersOfTen(xs) : xs;
  const across = scale([places[0] ?? 0, places.at(-1) ?? 1], [LEFT, WIDTH - RIGHT], logarithmic === "both" ? Math.log10 : asItIs);
  const up = scale([marks[0] ?? 0, marks.at(-1) ?? 1], [HEIGHT - BOTTOM, TOP], logarithmic === "neither" ? asItIs : Math.log10);
  const names = apart(series.map(({ points }) => up(points.at(-1)?.[1] ?? 0)));
  return html`<svg class="plot" role="img" aria-labelledby="${id}-title ${id}-description" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<title id="${id}-title">${title}</title>
<desc id="${id}-description">${description}</desc>
${marks.map((mark) => html`<path class="rule" d="M${LEFT} ${round(up(mark))}H${WIDTH - RIGHT}"/><text class="quiet" text-anchor="end" x="${LEFT - 8}" y="${round(up(mark) + 4)}">${inShort(mark)}</text>`)}
${places.map((at) => html`<text class="quiet" text-anchor="middle" x="${round(across(at))}" y="${HEIGHT - BOTTOM + 18}">${inShort(at)}</text>`)}
<text class="quiet" x="4" y="14">${y}</text>
<text class="quiet" text-anchor="end" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}">${x}</text>
${series.map(({ name, points }, index) => {
  const path = points.map(([at, value], place) => `${place === 0 ? "M" : "L"}${round(across(at))} ${round(up(value))}`).join("");
  return html`<g class="series-${index % DASHES.length}"><path class="curve" stroke-dasharray="${DASHES[index % DASHES.length] as string}" d="${path}"/>${points.map(([at, value]) => html`<circle cx="${round(across(at))}" cy="${round(up(value))}" r="3"/>`)}<text x="${WIDTH - RIGHT + 10}" y="${round((names[index] as number) + 4)}">${name}</text></g>`;
})}
${trusted("</svg>")}`;
}

/** A number that the margin has room for: 1,000 and 200K. */
function inShort(value: number): string {
  return value.toLocaleString("en", value < 10_000 ? {} : { notation: "compact" });
}

function asItIs(value: number): number {
  return value;
}

function scale([low, high]: [number, number], [from, to]: [number, number], bent: (value: number) => number): (value: number) => number {
  const span = bent(high) - bent(low);
  return (value) => (span === 0 ? (from + to) / 2 : from + ((bent(value) - bent(low)) / span) * (to - from));
}

/** From the power at or below the least to the one at or above the greatest. */
function powersOfTen(values: readonly number[]): number[] {
  const exponents = values.map((value) => Math.log10(value));
  const lowest = Math.floor(Math.min(...exponents));
  const highest = Math.max(lowest + 1, Math.ceil(Math.max(...exponents)));
  return Array.from({ length: highest - lowest + 1 }, (_, index) => Number(`1e${lowest + index}`));
}

/** From nothing, by 1, 2 or 5 times a power of ten, in at most six steps. */
function evenSteps(series: readonly Series[]): number[] {
  const highest = Math.max(...valuesOf(series));
  const power = 10 ** Math.floor(Math.log10(highest / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => highest / size <= 6) ?? highest;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

function valuesOf(series: readonly Series[]): number[] {
  return series.flatMap(({ points }) => points.map(([, value]) => value));
}

/** The same heights, moved down where two names would stand on each other. */
function apart(heights: readonly number[]): number[] {
  const moved = [...heights];
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] as number) - (heights[b] as number));
  for (let place = 1; place < order.length; place++) {
    const [above, here] = [order[place - 1] as number, order[place] as number];
    moved[here] = Math.max(moved[here] as number, (moved[above] as number) + NAME_HEIGHT);
  }
  return moved;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
