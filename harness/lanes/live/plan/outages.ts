import type { FaultEffect } from "../../../issuer/control/fault-plan.ts";
import type { LiveStage } from "../stage.ts";
import type { PlanItem } from "./item.ts";

/** Milliseconds that a slow issuer takes: longer than anybody likes, and not as long as most clients wait. */
const SLOW = 3_000;

/** The ways in which an issuer's refresh endpoint can fail without saying a word of the session. */
const TROUBLES: readonly { readonly name: string; readonly what: string; readonly effect: FaultEffect }[] = [
  { name: "outage-503", what: "answers 503", effect: { kind: "answer", status: 503 } },
  { name: "outage-html", what: "answers with a proxy's 502 page of HTML", effect: { kind: "answer", status: 502, body: "html" } },
  { name: "outage-429", what: "answers 429 with Retry-After", effect: { kind: "answer", status: 429, retryAfter: 1 } },
  { name: "outage-slow", what: `takes ${SLOW / 1000} s`, effect: { kind: "slow", ms: SLOW } },
  { name: "outage-reset", what: "breaks the connection", effect: { kind: "reset" } },
];

/** Pages until service is back, at most: `bounded-progress` has it so. */
const PAGES_AFTER = 3;

const whileItLasts: readonly PlanItem[] = TROUBLES.map(({ name, what, effect }) => ({
  name,
  describe: `the issuer ${what} when the session is to be renewed, and then works again`,
  // An answer that takes long is an answer.
  invariants: () => (effect.kind === "slow" ? [] : ["outage-is-not-logout"]),
  async play(stage) {
    const { ada } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    await stage.withTrouble(ada, effect, async () => {
      await stage.load(ada);
      await Promise.all([stage.load(ada), stage.load(ada)]);
    });
    for (let page = 0; page < PAGES_AFTER; page++) await stage.load(ada);
    await stage.goOn();
  },
}));

/** Milliseconds: the longest grace that is waited out. */
const LONGEST_GRACE = 31_000;

/**
 * The issuer has renewed the session, and its answer is lost. Where the issuer would repeat it for a while, a client that asks again at once
 * has lost nothing; the next page comes when that while is over. Where it would not, nobody can help it, and the report says so.
 */
const lostAnswer: PlanItem = {
  name: "outage-lost",
  describe: "the issuer's answer to a refresh is lost after it has taken effect, and the next page comes when its grace is over",
  invariants: () => [],
  waits: true,
  async play(stage) {
    const { ada } = stage;
    await stage.signBothIn();
    await stage.expire(ada);
    const rule = { at: stage.at(ada), times: 1, when: "after-commit", effect: { kind: "reset" } } as const;
    await stage.scene.withFaults([rule], () => stage.load(ada));
    await stage.wait(Math.min(graceOf(stage), LONGEST_GRACE));
    await stage.load(ada);
    await stage.goOn();
  },
};

/** Milliseconds. */
function graceOf({ scene }: LiveStage): number {
  return scene.parts.issuer.facts.graceSeconds * 1000;
}

export const outages: readonly PlanItem[] = [...whileItLasts, lostAnswer];
