import { OF_EVERYONE } from "../model/invariant.ts";
import { type BrowserActions, REDEMPTION, type Scenario, type Stage } from "../model/scenario.ts";
import type { Act, Story } from "../model/story.ts";

/** The name of every story's scenario: which one it is stands in the cell. */
export const STORY = "story";

type Mark = typeof REDEMPTION | "everybody is signed in at the end";

/** Seconds beyond the access token's end: beyond every skew of it. */
const PAST_EXPIRY = 1;

/**
 * A story as a scenario. What is at once may fail as the cell's faults say, and finds isolates in turn.
 *
 * A story that never refreshes would show nothing. So each ends in the same way: an access token's lifetime later everybody loads a page,
 * and whoever is signed out, by right, signs in again; and after one more lifetime everybody is signed in. That cannot be without a
 * refresh, so that what must be reached is reached by every story that is played to its end.
 */
export function storyScenario({ lifetime, acts }: Story): Scenario<Mark> {
  return {
    name: STORY,
    describe: "a generated story",
    defaults: { loads: 1, isolates: 1, page: "request" },
    accessTokenLifetime: lifetime * 1_000,
    invariants: OF_EVERYONE,
    mustReach: [REDEMPTION, "everybody is signed in at the end"],

    async play(stage) {
      const { browsers, accessTokenLifetime, now, until, withFaults, anyIsolate, reach } = stage;
      for (const browser of browsers) await browser.signIn();
      for (const { after, together } of scenes(acts)) {
        if (after > 0) await until(now() + (after / 100) * accessTokenLifetime);
        const [first] = together;
        // A sign-in that fails is no test of a session, so nothing fails meanwhile.
        if (first?.does === "sign in") await of(stage, first).signIn();
        else await withFaults(async () => void (await Promise.all(together.map((act) => perform(stage, act)))));
      }

      const nextLifetime = () => until(now() + accessTokenLifetime + PAST_EXPIRY * 1_000);
      await nextLifetime();
      for (const browser of browsers) if ((await anyIsolate(() => browser.load())) === "signed-out") await browser.signIn();
      await nextLifetime();
      const answers = [];
      for (const browser of browsers) answers.push(await anyIsolate(() => browser.load()));
      if (answers.every((answer) => answer === "signed-in")) reach("everybody is signed in at the end");
    },
  };
}

/** What happens at once. */
interface Scene {
  readonly after: number;
  readonly together: readonly Act[];
}

function scenes(acts: readonly Act[]): readonly Scene[] {
  const all: { after: number; together: Act[] }[] = [];
  for (const act of acts) {
    const last = all.at(-1);
    const alone = act.does === "sign in" || last?.together[0]?.does === "sign in";
    if (last === undefined || act.after > 0 || alone) all.push({ after: act.after, together: [act] });
    else last.together.push(act);
  }
  return all;
}

async function perform(stage: Stage, act: Act): Promise<unknown> {
  const browser = of(stage, act);
  switch (act.does) {
    case "load":
      return Promise.all(Array.from({ length: act.tabs }, () => browser.load()));
    case "sign in":
      return browser.signIn();
    case "be signed out":
      return stage.admin.endSessions(browser.user);
  }
}

function of({ browsers: [ada, ben] }: Stage, { who }: Act): BrowserActions {
  return who === "ada" ? ada : ben;
}
