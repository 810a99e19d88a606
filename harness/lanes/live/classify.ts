import type { AnswerKind, Purpose } from "../../model/event.ts";
import type { Answer } from "../../model/target.ts";
import { KIND_OF, type Matcher, RECOGNISED, type Recognition, type VerifyConfig } from "./config.ts";

/** What says "not now" where nobody has said otherwise (RFC 9110 §15). */
const LATER: Matcher = { status: [408, 429, 502, 503, 504] };

/**
 * What an answer of the app means, as the configuration says.
 *
 * An upgrade is accepted with 101, or with whatever a page of somebody signed in is answered; where it is refused with a 4xx that the
 * configuration does not call signed-out, the session is not judged: that is what an upgrade with an expired token should be answered.
 *
 * @example
 * ```ts
 * const classify = classifier({ signedIn: { status: 200 }, signedOut: { location: "/login" } });
 * classify({ status: 503, headers: new Headers(), body: "" }, "page"); // "unavailable"
 * ```
 */
export function classifier(config: Pick<VerifyConfig, (typeof RECOGNISED)[number]>): (answer: Answer, purpose: Purpose) => AnswerKind {
  const known = { ...config, unavailable: config.unavailable ?? LATER };
  return (answer, purpose) => {
    if (purpose === "upgrade" && answer.status === 101) return "signed-in";
    for (const name of RECOGNISED) {
      const recognition = known[name];
      if (recognition !== undefined && fits(recognition, answer)) return KIND_OF[name];
    }
    return purpose === "upgrade" && answer.status >= 400 && answer.status < 500 ? "stale" : "other";
  };
}

function fits(recognition: Recognition, answer: Answer): boolean {
  if (typeof recognition === "function") return recognition(answer);
  return [recognition].flat().some((matcher) => fitsAll(matcher as Matcher, answer));
}

function fitsAll({ status, body, location }: Matcher, answer: Answer): boolean {
  const to = answer.status >= 300 && answer.status < 400 ? answer.headers.get("location") : null;
  return (
    (status === undefined || [status].flat().includes(answer.status)) &&
    (body === undefined || contains(answer.body, body)) &&
    (location === undefined || (to !== null && leadsTo(to, location)))
  );
}

function contains(text: string, sought: string | RegExp): boolean {
  return typeof sought === "string" ? text.includes(sought) : new RegExp(sought.source, sought.flags.replace("g", "")).test(text);
}

/** A path stands for itself with any query, on whatever origin. */
function leadsTo(to: string, sought: string | RegExp): boolean {
  if (typeof sought !== "string") return contains(to, sought);
  const url = URL.parse(to, "http://app.invalid");
  return sought.startsWith("/") ? url?.pathname === sought : to.startsWith(sought);
}
