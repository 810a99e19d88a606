import { CATALOGUE } from "../lanes/catalogue.ts";

/** How this very program is called, for the lines that people copy. */
const COMMAND = "npm run -s holdfast --";

/** How results are shown to whoever called: colour only on a terminal that wants it. */
export function view() {
  return {
    colour: process.stdout.isTTY && (process.env.NO_COLOR ?? "") === "",
    command: COMMAND,
    explain: (invariant: string) => CATALOGUE.invariants.find(({ name }) => name === invariant)?.describe,
  };
}
