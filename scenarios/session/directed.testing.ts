import type { Explorer } from "../../harness/explore/explorer.ts";
import type { Choice } from "../../harness/model/program.ts";

/** Knows a choice when it sees it. */
export type Matcher = (choice: Choice) => boolean;

/** A choice by its kind, its actor, and words of its label. */
export const to =
  (kind: string, actor: string, ...words: readonly string[]): Matcher =>
  (choice) =>
    choice.kind === kind && choice.actor === actor && words.every((word) => choice.label.includes(word));

/** FIFO, but these happen in this order as soon as they can, and what is held back does not before its turn or until nothing else can. */
export function directed(order: readonly Matcher[], held: readonly Matcher[]): Explorer {
  return {
    name: "directed",
    describe: "one schedule, by what is to happen",
    async search({ run }) {
      const left = [...order];
      await run((program) => {
        const choices = program.enabled();
        const wanted = left[0] === undefined ? -1 : choices.findIndex(left[0]);
        if (wanted >= 0) left.shift();
        if (wanted >= 0) return wanted;
        const free = choices.findIndex((choice) => !/^(fault|time)/.test(choice.kind) && !held.some((holds) => holds(choice)));
        return Math.max(0, free);
      });
      if (left.length > 0) throw new Error(`the schedule never came to the last ${left.length} of ${order.length} things`);
      return null;
    },
  };
}
