/**
 * Why the app does not start: the environment or what it names is not as it must be. The message says what was expected and what came,
 * the hint what to do; neither holds a secret.
 *
 * @example
 * ```ts
 * const error = new StartError("expected PORT as a whole number from 0 to 65535, got \"http\"", "set PORT=3000");
 * error.hint; // set PORT=3000
 * ```
 */
export class StartError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
    this.hint = hint;
  }
}
