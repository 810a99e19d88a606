import type { InvariantId } from "../model/invariant.ts";
import { counted, extentOf } from "../report/words.ts";
import { failure } from "./failure.ts";
import type { Report } from "./report.ts";

/** What a matcher says, in the shape that vitest's `expect.extend` takes. */
export interface Judgement {
  readonly pass: boolean;
  message(): string;
}

/** Every invariant held: in all schedules that were run, or in every order of events. */
export function toHold(received: unknown): Judgement {
  const report = reportIn(received);
  return judged(
    report,
    report.verdict === "holds",
    `expected every invariant to hold, but ${happened(report)}`,
    "expected an invariant to be violated",
  );
}

/** An invariant was broken: any, or the one that is named. */
export function toBeViolated(received: unknown, invariant?: InvariantId): Judgement {
  const report = reportIn(received);
  const broken = report.verdict === "violated" ? report.violations.map((violation) => violation.invariant) : [];
  const pass = invariant === undefined ? broken.length > 0 : broken.includes(invariant);
  const what = invariant ?? "an invariant";
  return judged(
    report,
    pass,
    `expected ${what} to be violated, but ${happened(report)}`,
    `expected ${invariant ?? "every invariant"} to hold`,
  );
}

/** Every invariant held in every order of events: it needs `explore: "exhaustive"`, and a budget that is large enough. */
export function toBeProved(received: unknown): Judgement {
  const report = reportIn(received);
  const pass = report.verdict === "holds" && report.completeness === "complete";
  return judged(report, pass, `expected a proof, but ${happened(report)}${advice(report)}`, "expected no proof");
}

/** A run that cannot be vouched for says nothing either way, so it fails a test also where it was expected not to match. */
function reportIn(received: unknown): Report {
  const what = (received as Partial<Report> | null)?.verdict;
  if (what === undefined) {
    const got = received instanceof Promise ? "a promise: write expect(await explore(…))" : typeof received;
    throw new TypeError(`expected what explore or replay resolves to, got ${got}`);
  }
  const report = received as Report;
  if (report.error !== null) throw new Error(failure(`the run says nothing: it ended in the error ${report.error.code}`, report));
  return report;
}

function judged(report: Report, pass: boolean, unmet: string, unwanted: string): Judgement {
  return { pass, message: () => failure(pass ? `${unwanted}, but ${happened(report)}` : unmet, report) };
}

const EXPECTED_LIMIT = 'expect(report.verdict).toBe("cannot-be-had")';

/** What came, in a few words. */
function happened(report: Report): string {
  switch (report.verdict) {
    case "holds":
      return report.completeness === "complete"
        ? `all held in every order of events (${extentOf(report)})`
        : `all held in ${extentOf(report)}`;
    case "cannot-be-had":
      return `a session was lost that no client could have kept; where you expect that: ${EXPECTED_LIMIT}`;
    default: {
      const broken = report.violations.map(({ invariant }) => invariant);
      return `${broken.join(" and ")} ${broken.length === 1 ? "is" : "are"} violated`;
    }
  }
}

function advice({ verdict, explore, schedules }: Report): string {
  if (verdict !== "holds") return "";
  return explore === "exhaustive"
    ? `: more orders are left than ${counted(schedules, "schedule")} can try; give it more, or a smaller cell`
    : `, which were sampled: try every order with explore: "exhaustive"`;
}
