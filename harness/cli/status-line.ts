/** A terminal is redrawn at most this often, in real milliseconds. */
const REDRAW_EVERY = 100;
/** A log gets a line this often: enough to see that it lives, and not so many that nobody reads them. */
const LOG_EVERY = 30_000;
const TERMINAL_WIDTH = 80;

/** How far something is: on a terminal one line that is drawn anew, elsewhere a line now and then. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #parts: (seconds: number) => readonly string[];
  readonly #began = performance.now();
  #said = performance.now();

  /** @param parts what to say, the most important first; given the seconds since the beginning. On a terminal what has no room is left out. */
  constructor(stream: NodeJS.WriteStream, parts: (seconds: number) => readonly string[]) {
    this.#stream = stream;
    this.#parts = parts;
  }

  /** Something has changed. `isLast`: and nothing will any more. */
  changed(isLast = false): void {
    const now = performance.now();
    const { isTTY } = this.#stream;
    if (now - this.#said < (isTTY ? REDRAW_EVERY : LOG_EVERY) && !(isTTY && isLast)) return;
    this.#said = now;
    const parts = this.#parts((now - this.#began) / 1000);
    this.#stream.write(isTTY ? `\r\x1b[2K${fitting(parts, (this.#stream.columns || TERMINAL_WIDTH) - 1)}` : `${parts.join(" · ")}\n`);
  }

  /** Says something else, in a line of its own. */
  interject(words: string): void {
    this.clear();
    this.#stream.write(words);
  }

  /** Takes the line away, for what is printed next. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[2K");
  }
}

function fitting(parts: readonly string[], width: number): string {
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line} · ${part}`;
    if (longer.length > width) return line === "" ? part.slice(0, width) : line;
    line = longer;
  }
  return line;
}

/** Seconds after which a guess is worth something: at first the compilers are what is slow. */
const FIRST_GUESS = 3;

/**
 * When something will be done, as a part of a status line; nothing while nobody can tell.
 *
 * @param done of the whole, in whatever unit
 * @param seconds since the beginning
 * @example
 * ```ts
 * timeLeft(25, 100, 10); // ["0:30 left"]
 * timeLeft(0, 100, 10); // []
 * ```
 */
export function timeLeft(done: number, whole: number, seconds: number): readonly string[] {
  return done === 0 || seconds < FIRST_GUESS ? [] : [`${duration(((whole - done) / done) * seconds)} left`];
}

/** Seconds as a person waits for them: minutes and seconds, and hours where there are any. */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}
