import { codeVersion } from "../library/code-version.ts";
import type { CampaignCode } from "../model/campaign.ts";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";

let here: { readonly targets: string; readonly version: Promise<string> } | null = null;

/**
 * The version of the code that this process runs. It is taken once, near the process's start: what is changed on the disk later is not
 * what runs here.
 */
async function versionHere(targets: readonly string[]): Promise<string> {
  const key = JSON.stringify(targets);
  if (here?.targets !== key) here = { targets: key, version: codeVersion(targets) };
  try {
    return await here.version;
  } catch (error) {
    here = null;
    if (error instanceof HoldfastError) throw error;
    // A file that comes and goes while they are read: no job's fault.
    const hint = "let nobody change the code while somebody works, and begin again";
    throw new HoldfastError("BAD_USAGE", `expected to read this machine's code, but ${describeError(error)}`, hint, { cause: error });
  }
}

/** @throws HoldfastError `BAD_USAGE` where this process runs other code than what may search the campaign */
export async function codeAsserted({ campaign, version, targets }: CampaignCode): Promise<void> {
  const got = await versionHere(targets);
  if (got === version) return;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected the code of ${campaign}, which is ${version}, got ${got}`,
    "work with the code that it was begun with, or begin another campaign with this one",
  );
}
