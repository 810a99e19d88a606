import { describe, expect, it } from "vitest";
import { readCorpus, type TraceFile } from "../../harness/cli/corpus.ts";
import { playTrace, signatureOf } from "../../harness/lanes/corpus.ts";
import { decodeReplay } from "../../harness/lanes/replay-string.ts";
import { settingOf } from "../../harness/library/registry.ts";

const corpus = await readCorpus(null);

/** A trace that departs is recorded anew by `node scenarios/traces/record.testing.ts`, and looked at before it is committed. */
describe("each recorded trace", () => {
  it.each(corpus)("comes to what is recorded, and departs in no step: $file", async ({ trace }: TraceFile) => {
    const outcome = await playTrace(await settingOf(decodeReplay(trace.replay).spec), trace);
    expect(outcome).toMatchObject({ verdict: trace.verdict, error: null });
    // What a message carries beside its step may change with a dependency.
    expect(outcome.departure?.how ?? "another message").toBe("another message");
    if (trace.invariant !== null) expect(outcome.invariants).toContain(trace.invariant);
  });

  it("has the name of its file, and tells of something else than the others", () => {
    for (const { file, trace } of corpus) expect(file.endsWith(`/${trace.name}.json`)).toBe(true);
    expect(new Set(corpus.map(({ trace }) => signatureOf(trace))).size).toBe(corpus.length);
    expect(corpus.length).toBeGreaterThan(10);
  });

  it("is small: six choices at most, but for the one that nobody searched", () => {
    const choices = corpus.map(({ trace }) => ({
      name: trace.name,
      choices: decodeReplay(trace.replay).schedule.filter((choice) => choice !== 0).length,
    }));
    for (const { name, choices: count } of choices) if (!name.startsWith("late-request")) expect(count, name).toBeLessThanOrEqual(6);
  });
});
