import { type Content, html, type SafeHtml } from "./html-escape.ts";
import { arrowText, shorten } from "./label.ts";
import { type ClockRow, clockText, foldText, type Note, type Picture, type PictureRow, type StepRow } from "./picture.ts";
import { wrap } from "./wrap.ts";

/** Pixels. A character of the monospaced 12px face is 7.2 wide; a little more leaves room for other faces. */
const CHARACTER = 7.4;
const LINE = 16;
const HEAD = 44;
const GUTTER = 120;
/** From one lane to the next: room for a whole label where there are few lanes, for its token where there are many. */
const LANE = { few: 268, many: 224 };
const FEW = 3;
const MARGIN = 96;
/** A note is at most this many characters wide. */
const NOTE = 58;
/** Where the leftmost note begins, and what surrounds its text: the badge and the padding. */
const NOTE_LEFT = GUTTER - 40;
const NOTE_EDGE = 42;
/** A picture of two lanes, too, has room for a note. */
const LEAST_WIDTH = Math.ceil(NOTE_LEFT + NOTE * CHARACTER + NOTE_EDGE + 8);

/** Where things stand in one picture. */
interface Frame {
  readonly lanes: readonly string[];
  /** From one lane to the next. */
  readonly lane: number;
  readonly width: number;
  readonly id: string;
}

/**
 * A sequence picture: a lane for each actor, time down the page, an arrow for each message from its sender to whom it
 * reached. Steps of the *because* carry its numbers; the fatal pair is heavy and red; a message that a fault stopped ends in a cross.
 *
 * @param id makes the anchors of the steps unique in the page: `<id>-s31`; empty for a picture without anchors.
 */
export function renderSequence(picture: Picture, id: string, description: string): SafeHtml {
  const { lanes } = picture;
  const lane = lanes.length > FEW ? LANE.many : LANE.few;
  const width = Math.max(LEAST_WIDTH, GUTTER + lane * Math.max(1, lanes.length - 1) + MARGIN);
  const frame: Frame = { lanes, lane, width, id };
  const rows: SafeHtml[] = [];
  let y = HEAD + 8;
  for (const row of picture.rows) {
    rows.push(renderRow(row, y, frame));
    y += heightOf(row);
  }
  const height = y + 16;
  return html`<svg role="img" aria-label="${description}" width="${frame.width}" height="${height}" viewBox="0 0 ${frame.width} ${height}">
${lanes.map((name) => laneOf(name, height, frame))}
${rows}
</svg>`;
}

function laneOf(name: string, height: number, frame: Frame): SafeHtml {
  const x = laneX(name, frame);
  const text = shorten(name, Math.floor((frame.lane - 24) / CHARACTER));
  const width = text.length * CHARACTER + 20;
  return html`<line class="lane" x1="${x}" x2="${x}" y1="${HEAD - 8}" y2="${height}"/><rect class="who" x="${round(x - width / 2)}" y="10" width="${round(width)}" height="26" rx="5"/><text class="name" x="${x}" y="27" text-anchor="middle">${text}</text>`;
}

function heightOf(row: PictureRow): number {
  if (row.type !== "step") return 34;
  return 34 + row.notes.reduce((sum, note) => sum + noteHeight(note), 0);
}

function noteHeight({ text }: Note): number {
  return wrap(text, NOTE).length * LINE + 12;
}

function renderRow(row: PictureRow, y: number, frame: Frame): SafeHtml {
  if (row.type === "clock") return acrossOf(clockText(row), numberOf(row), y, frame);
  if (row.type === "fold") return acrossOf(`⋯ ${foldText(row)}`, "", y, frame);
  const anchor = frame.id === "" ? null : html` id="${frame.id}-s${row.step}"`;
  const kind = row.fault !== null ? "row fault" : row.fatal ? "row fatal" : "row";
  let below = y + 34;
  const notes = row.notes.map((note) => {
    const markup = noteOf(note, row, below, frame);
    below += noteHeight(note);
    return markup;
  });
  return html`<g class="${kind}"${anchor}><title>${`step ${row.step}: ${row.full}`}</title><rect class="hit" x="0" y="${y}" width="${frame.width}" height="${heightOf(row)}"/><text class="quiet" x="10" y="${y + 16}">${numberOf(row)}</text><text class="quiet" x="10" y="${y + 30}">${shorten(row.label.task ?? "", 14)}</text>${arrowOf(row, y, frame)}${notes}</g>
`;
}

/** A line of text across all lanes: the clock, or what is not shown. What is too long for it stands in its title. */
function acrossOf(text: string, number: string, y: number, frame: Frame): SafeHtml {
  const left = GUTTER + 12;
  const short = shorten(text, Math.floor((frame.width - left - 12) / CHARACTER));
  const step = number === "" ? null : veiled(number, 10, y + 20, "start", "quiet");
  return html`<g><title>${text}</title><line class="rule" x1="10" x2="${frame.width - 10}" y1="${y + 16}" y2="${y + 16}"/>${step}${veiled(short, left, y + 20, "start", "quiet")}</g>
`;
}

/** A step's number, with a mark if it departs from FIFO. */
function numberOf({ step, fifo }: StepRow | ClockRow): string {
  return step === null ? "" : `${step}${fifo ? "" : "*"}`;
}

function arrowOf(row: StepRow, y: number, frame: Frame): Content {
  const to = laneX(row.to, frame);
  if (row.from === null || row.from === row.to) {
    const text = arrowText(row.label, Math.min(60, Math.floor((frame.width - GUTTER - 12) / CHARACTER)));
    const left = Math.max(GUTTER, Math.min(to + 12, frame.width - text.length * CHARACTER - 8));
    return html`<circle class="head" cx="${to}" cy="${y + 24}" r="4"/>${veiled(text, left, y + 28, "start", "on")}`;
  }
  const from = laneX(row.from, frame);
  const direction = from < to ? 1 : -1;
  const tip = row.arrives ? to : to - direction * 40;
  const end = row.arrives
    ? html`<path class="head" d="M${to} ${y + 24}l${-direction * 10} -5v10z"/>`
    : html`<path class="cross" d="M${tip - 6} ${y + 18}l12 12m0 -12l-12 12"/>`;
  const room = Math.floor((frame.lane - 36) / CHARACTER);
  const text = row.fault === null ? arrowText(row.label, room) : shorten(row.fault, room);
  return html`<path class="arrow" d="M${from} ${y + 24}H${tip - (row.arrives ? direction * 6 : 0)}"/>${end}${veiled(text, from + (direction * frame.lane) / 2, y + 17, "middle", "on")}`;
}

/** A note stands below the actor that the step resumes, as far to the side as it must. */
function noteOf(note: Note, row: StepRow, y: number, frame: Frame): SafeHtml {
  const lines = wrap(note.text, NOTE);
  const badge = note.because === null ? 0 : 26;
  const width = Math.max(...lines.map((line) => line.length)) * CHARACTER + NOTE_EDGE - 26 + badge;
  const x = Math.max(NOTE_LEFT, Math.min(laneX(row.to, frame) - width / 2, frame.width - width - 8));
  const height = lines.length * LINE + 6;
  const number =
    note.because === null
      ? null
      : html`<circle class="badge" cx="${round(x + 17)}" cy="${y + height / 2}" r="9"/><text class="number" x="${round(x + 17)}" y="${y + height / 2 + 4}" text-anchor="middle">${note.because}</text>`;
  const text = lines.map((line, index) => html`<text x="${round(x + 8 + badge)}" y="${y + 15 + index * LINE}">${line}</text>`);
  return html`<rect class="${note.because === null ? "note" : "note key"}" x="${round(x)}" y="${y}" width="${round(width)}" height="${height}" rx="4"/>${number}${text}`;
}

/** Text with the ground behind it, so that no lane runs through it. */
function veiled(text: string, x: number, y: number, anchor: "start" | "middle", kind: string): SafeHtml {
  const width = text.length * CHARACTER + 8;
  const left = anchor === "middle" ? x - width / 2 : x - 4;
  return html`<rect class="veil" x="${round(left)}" y="${y - 12}" width="${round(width)}" height="15"/><text class="${kind}" x="${round(x)}" y="${y}" text-anchor="${anchor}">${text}</text>`;
}

function laneX(actor: string, { lanes, lane }: Frame): number {
  return GUTTER + lane * Math.max(0, lanes.indexOf(actor));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
