import { describe } from "vitest";
import { describeApiKeys } from "./contract/api-keys.testing.ts";
import { describeArguments } from "./contract/arguments.testing.ts";
import { describeArtifacts } from "./contract/artifacts.testing.ts";
import type { OpenBackend } from "./contract/backend.testing.ts";
import { describeConcurrency } from "./contract/concurrency.testing.ts";
import { describeCrashes } from "./contract/crashes.testing.ts";
import { describeResolving } from "./contract/resolving.testing.ts";
import { describeSecrets } from "./contract/secrets.testing.ts";

/** What every implementation of `Repository` keeps to. */
export function describeRepository(name: string, open: OpenBackend): void {
  describe(name, () => {
    describeResolving(open);
    describeConcurrency(open);
    describeCrashes(open);
    describeSecrets(open);
    describeApiKeys(open);
    describeArtifacts(open);
    describeArguments(open);
  });
}
