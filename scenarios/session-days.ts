import type { Life, Spread, TimedScenario, Visitor } from "../harness/model/timed.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * What a working day in a web app is made of. Nobody has measured these: they say in numbers what everybody knows of browsers, and a
 * result is only as good as they are. What a person does between two visits decides how often an access token is found expired, and
 * how many pages load at once decides who meets whom when it is.
 */
export const WORKING_DAY = {
  /** The browser is opened between these hours of the day. */
  opens: { from: 7, to: 10 },
  /** Hours until it is closed, at midnight at the latest. */
  length: { median: 8, p99: 12 },
  /** Milliseconds between two visits: mostly one after the other, now and then a meeting or lunch. */
  gap: { median: 45_000, p99: 40 * MINUTE },
  /** A browser that is opened restores its tabs, all at once: up to so many. */
  restored: 6,
  /** So often a visit opens several pages at once, such as links in tabs of their own: two to so many. */
  several: { part: 0.1, most: 4 },
} as const satisfies Record<string, Spread | number | object>;

/** A session as people have one: tabs restored in the morning, pages one after the other, several at once, and gaps. */
export const sessionDays: TimedScenario = {
  name: "session-days",
  describe: "working days: tabs restored at once in the morning, then pages with gaps in between, now and then several at once",
  invariants: ["no-spurious-logout", "generation-monotonic", "outage-is-not-logout", "no-cross-talk", "ended-is-ended"],

  async live(person, life) {
    for (let day = 0; day < life.days; day++) await liveDay(person, life, life.begins + day * DAY);
  },
};

async function liveDay(person: Visitor, { now, until, draws }: Life, midnight: number): Promise<void> {
  const { opens, length, gap, restored, several } = WORKING_DAY;
  const morning = Math.round(midnight + (opens.from + (opens.to - opens.from) * draws.uniform()) * HOUR);
  const evening = Math.min(morning + draws.lognormal(length) * HOUR, midnight + DAY - HOUR);
  await until(morning);
  await visit(person, 1 + draws.whole(restored));
  for (;;) {
    // Somebody reads what has come before she goes on.
    const next = Math.round(now() + draws.lognormal(gap));
    if (next > evening) return;
    await until(next);
    await visit(person, draws.uniform() < several.part ? 2 + draws.whole(several.most - 1) : 1);
  }
}

/** Loads pages at once. Whoever is signed out then signs in, and it is she who decides to: so nothing of the old session is on its way. */
async function visit(person: Visitor, pages: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: pages }, () => person.load()));
  if (answers.includes("signed-out")) await person.signIn();
}
