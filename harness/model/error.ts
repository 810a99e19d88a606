/**
 * Every way in which Holdfast itself refuses or gives up. The set is closed: a caller may switch over it.
 *
 * - `BAD_USAGE`: a flag, name or value that does not exist (exit status 2).
 * - `BAD_TARGET`: a target module that cannot be loaded, throws while it is created, or has the wrong shape (2).
 * - `BAD_REPLAY`: a replay string or file that is damaged or from another version (2).
 * - `NONDETERMINISM`: the same schedule gave two different traces (3).
 * - `ESCAPED`: a target reached outside the world: a socket, a file, a timer or pool task nobody owns (3).
 * - `DEADLOCK`: something still waits and nothing can happen any more (3).
 * - `STEP_LIMIT`: a run did not end within its limit (3).
 * - `VACUOUS`: a cell never reached what its scenario declares must be reachable (3).
 * - `TARGET_CRASHED`: an error that nothing in the target caught, outside of any request (3).
 * - `UNSOUND_MERGE`: two runs that a search took for the same state went on differently (3).
 * - `REPLAY_DEPARTED`: the program no longer offers a choice that the recorded schedule made (3).
 */
export type ErrorCode =
  | "BAD_USAGE"
  | "BAD_TARGET"
  | "BAD_REPLAY"
  | "NONDETERMINISM"
  | "ESCAPED"
  | "DEADLOCK"
  | "STEP_LIMIT"
  | "VACUOUS"
  | "TARGET_CRASHED"
  | "UNSOUND_MERGE"
  | "REPLAY_DEPARTED";

const USAGE_CODES: ReadonlySet<ErrorCode> = new Set(["BAD_USAGE", "BAD_TARGET", "BAD_REPLAY"]);

/**
 * The one error class of the harness. Its message says what was expected, what came, and what to do.
 *
 * @example
 * ```ts
 * const error = new HoldfastError("BAD_USAGE", "expected a profile, got \"nobody\"", "run `holdfast list`");
 * error.exitStatus; // 2
 * ```
 */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HoldfastError";
    this.code = code;
    this.hint = hint;
  }

  /** 2 when the caller can mend it by calling differently, 3 when the harness cannot vouch for the run. */
  get exitStatus(): 2 | 3 {
    return USAGE_CODES.has(this.code) ? 2 : 3;
  }
}

/** What to say of a name that nobody knows. */
export function unknownName(kind: string, name: string, known: readonly string[]): HoldfastError {
  return new HoldfastError(
    "BAD_USAGE",
    `expected ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}, got "${name}"`,
    `known: ${known.join(", ")}`,
  );
}
