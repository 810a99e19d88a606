import { CATALOGUE } from "../lanes/catalogue.ts";

/** How this very program is called, for the lines that people copy: in its repository, and where it is installed. */
const COMMAND = import.meta.url.endsWith(".ts") ? "npm run -s holdfast --" : "npx holdfast";

/** How results are shown to whoever called: colour only on a terminal that wants it. */
export function view() {
  return {
    colour: process.stdout.isTTY && (process.env.NO_COLOR ?? "") === "",
    command: COMMAND,
    explain: (invariant: string) => CATALOGUE.invariants.find(({ name }) => name === invariant)?.describe,
  };
}
