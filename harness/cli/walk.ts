import { type Moment, renderStep, type StepOptions } from "../report/index.ts";

/** What a person can ask for, by the keys that ask for it. */
const KEYS = {
  next: ["n", "right", "down", "space", "return"],
  back: ["b", "p", "left", "up"],
  jump: ["j", "tab"],
  quit: ["q", "escape"],
} as const;

const HELP = "n next · b back · j next numbered step of the because · q quit";

/** A walk through the moments of a run, by keys. */
export class Walk {
  readonly #moments: readonly Moment[];
  readonly #options: Pick<StepOptions, "because" | "colour">;
  #at = 0;

  constructor(moments: readonly Moment[], options: Pick<StepOptions, "because" | "colour">) {
    this.#moments = moments;
    this.#options = options;
  }

  /** Takes a key by its name. False when it was the last one. */
  press(key: string): boolean {
    const asks = (what: keyof typeof KEYS) => (KEYS[what] as readonly string[]).includes(key);
    if (asks("quit")) return false;
    const last = this.#moments.length - 1;
    if (asks("next")) this.#at = Math.min(last, this.#at + 1);
    if (asks("back")) this.#at = Math.max(0, this.#at - 1);
    if (asks("jump")) this.#at = this.#nextReason() ?? last;
    return true;
  }

  /** The moment where the walk is. */
  screen(width: number): string {
    return `${this.#render(this.#at, width)}\n${HELP}\n`;
  }

  /** Every moment, one below the other. */
  all(width: number): string {
    return this.#moments.map((_, index) => this.#render(index, width)).join("\n");
  }

  #render(index: number, width: number): string {
    const moment = this.#moments[index] as Moment;
    const taken = this.#moments[index + 1]?.entry?.choice ?? null;
    return renderStep(moment, { ...this.#options, width, of: this.#moments.length - 1, taken });
  }

  /** The next step that stands in the *because*. */
  #nextReason(): number | null {
    const steps = this.#options.because.flatMap(({ step }) => step ?? []).filter((step) => step > this.#at);
    return steps.length === 0 ? null : Math.min(...steps);
  }
}
