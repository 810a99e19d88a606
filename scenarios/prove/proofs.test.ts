import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runCell } from "../../harness/lanes/cell.ts";
import { formatFaults } from "../../harness/lanes/faults.ts";
import { cellOf } from "../../harness/library/registry.ts";
import { PROOFS_FILE, type Proof, proofOf, proofs } from "./proofs.ts";

const committed: readonly Proof[] = JSON.parse(readFileSync(PROOFS_FILE, "utf8"));

test("every proof that there should be is in the committed list, complete, and as expected", () => {
  const wanted = proofs().map(({ strategy, profile, isolates, loads, faults, crypto, expect: verdict }) => ({
    ...{ strategy, profile, isolates, loads, faults: formatFaults(faults), granularity: `crypto=${crypto}`, verdict },
    completeness: "complete",
  }));
  expect(committed).toMatchObject(wanted);
  expect(committed).toHaveLength(wanted.length);
});

test("the list is no older than the code: the smallest proofs come to the same states", async () => {
  const small = proofs().filter(({ profile, loads }) => profile === "better-auth" && loads === 2);
  expect(small).toHaveLength(2);
  for (const spec of small) {
    const { result } = await runCell(await cellOf(spec));
    expect(committed).toContainEqual(proofOf(result));
  }
});
