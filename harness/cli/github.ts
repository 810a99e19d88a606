import { appendFile } from "node:fs/promises";
import type { CellReport } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import { renderAnnotations, renderStepSummary } from "../report/index.ts";

/** What GitHub Actions sets in each step's environment. */
interface GitHubEnvironment {
  readonly GITHUB_ACTIONS?: string | undefined;
  readonly GITHUB_STEP_SUMMARY?: string | undefined;
}

/**
 * Tells GitHub Actions what should make somebody look, where it runs the process: in the step's summary, and as annotations.
 *
 * @returns the annotations, to be printed; empty elsewhere
 * @throws HoldfastError `BAD_USAGE` when the summary cannot be written
 */
export async function tellGitHub(reports: readonly CellReport[], environment: GitHubEnvironment, command: string): Promise<string> {
  if (environment.GITHUB_ACTIONS !== "true") return "";
  const file = environment.GITHUB_STEP_SUMMARY ?? "";
  if (file !== "") {
    try {
      await appendFile(file, renderStepSummary(reports, { command }));
    } catch (error) {
      const what = `expected to write the step summary to ${file}, but ${(error as Error).message}`;
      throw new HoldfastError("BAD_USAGE", what, "unset GITHUB_STEP_SUMMARY, or let it name a file", { cause: error });
    }
  }
  return renderAnnotations(reports);
}
