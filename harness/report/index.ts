export { reportFiles } from "./files.ts";
export { renderJson } from "./json.ts";
export { renderCounterexample, renderReplay } from "./terminal-counterexample.ts";
export { renderDeparture } from "./terminal-departure.ts";
export { renderMatrix } from "./terminal-matrix.ts";
export { renderErrors, renderSummary } from "./terminal-summary.ts";
export { renderTraces } from "./terminal-traces.ts";
export { writeReport } from "./write.ts";
