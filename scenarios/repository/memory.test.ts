import fc from "fast-check";
import { describe, it } from "vitest";
import { openMemoryBackend } from "../../src/repository/memory/backend.testing.ts";
import { checkInterleaving, interleavings } from "./interleavings.testing.ts";
import { followModel, sequences } from "./sequences.testing.ts";

describe("the repository in memory", () => {
  it("does in every sequence what the model does", async () => {
    const property = fc.asyncProperty(sequences, async (steps) => {
      await followModel(await openMemoryBackend({ lockTimeout: 60_000 }), steps);
    });
    await fc.assert(property, { seed: 1, numRuns: 2_000 });
  });

  it("keeps its promises in every interleaving", async () => {
    const property = fc.asyncProperty(interleavings, async (interleaving) => {
      await checkInterleaving(await openMemoryBackend({ lockTimeout: 60_000 }), interleaving);
    });
    await fc.assert(property, { seed: 1, numRuns: 3_000 });
  });
});
