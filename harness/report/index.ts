export { reportFiles } from "./files.ts";
export { type HtmlOptions, renderHtml } from "./html.ts";
export { renderJson } from "./json.ts";
export { type CounterexampleOptions, renderCounterexample, renderReplay } from "./terminal-counterexample.ts";
export { renderMatrix, type TerminalOptions } from "./terminal-matrix.ts";
export { renderErrors, renderSummary } from "./terminal-summary.ts";
export { writeReport } from "./write.ts";
