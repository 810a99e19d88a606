export { reportFiles } from "./files.ts";
export { renderInterruption } from "./interruption.ts";
export { renderJson } from "./json.ts";
export { renderCounterexample, renderReplay } from "./terminal-counterexample.ts";
export { renderMatrix } from "./terminal-matrix.ts";
export { renderMeasurements } from "./terminal-measure.ts";
export { renderErrors, renderSummary } from "./terminal-summary.ts";
export { writeReport } from "./write.ts";
