import { organizations } from "../../fixtures/organizations.ts";
import { OF_EVERYONE } from "../model/invariant.ts";
import { type BrowserActions, REDEMPTION, type Scenario, type Stage } from "../model/scenario.ts";
import type { Act, Story } from "../model/story.ts";
import type { TargetRoutes } from "../model/target.ts";

/** The name of every story's scenario: which one it is stands in the cell. */
export const STORY = "story";

type Mark = typeof REDEMPTION | "everybody is signed in at the end";

/** Milliseconds beyond the access token's end: beyond every skew of it. */
const PAST_EXPIRY = 1_000;

/** What acts ask of a target beyond pages. */
const NEEDS: readonly (readonly [Act["does"], keyof TargetRoutes])[] = [
  ["log out", "logOut"],
  ["switch organization", "switchOrganization"],
];

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
    needs: NEEDS.filter(([does]) => acts.some((act) => act.does === does)).map(([, route]) => route),

    async play(stage) {
      const { browsers, accessTokenLifetime, now, until, withFaults, anyIsolate, maintain, reach } = stage;
      for (const browser of browsers) await browser.signIn();
      const [ada, ben] = browsers.map((browser) => new Person(browser, stage));
      for (const { after, together } of scenes(acts)) {
        if (after > 0) await until(now() + (after / 100) * accessTokenLifetime);
        await withFaults(() => Promise.all(together.map((act) => (act.who === "ada" ? ada : ben)?.act(act))));
      }
      await maintain();

      const nextLifetime = () => until(now() + accessTokenLifetime + PAST_EXPIRY);
      await nextLifetime();
      for (const browser of browsers) if ((await anyIsolate(() => browser.load())) === "signed-out") await browser.signIn();
      await nextLifetime();
      const answers = [];
      for (const browser of browsers) answers.push(await anyIsolate(() => browser.load()));
      if (answers.every((answer) => answer === "signed-in")) reach("everybody is signed in at the end");
    },
  };
}

/** What happens at once, or begins to. */
interface Scene {
  readonly after: number;
  readonly together: readonly Act[];
}

function scenes(acts: readonly Act[]): readonly Scene[] {
  const all: { after: number; together: Act[] }[] = [];
  for (const act of acts) {
    const last = all.at(-1);
    // A sign-in has its own time limits, which a closed lid outlasts: it is alone.
    const alone = act.does === "sign in" || last?.together[0]?.does === "sign in";
    if (last === undefined || act.after > 0 || alone) all.push({ after: act.after, together: [act] });
    else last.together.push(act);
  }
  return all;
}

/** Somebody in front of a browser, who does nothing while it sleeps. */
class Person {
  readonly #browser: BrowserActions;
  readonly #stage: Stage;
  #asleep: Promise<void> | null = null;

  constructor(browser: BrowserActions, stage: Stage) {
    this.#browser = browser;
    this.#stage = stage;
  }

  async act(act: Act): Promise<unknown> {
    const { admin, anyMoment } = this.#stage;
    // What an administrator does needs nobody awake.
    if (act.does === "be signed out") return admin.endSessions(this.#browser.user);
    if (this.#asleep !== null) await this.#asleep;
    switch (act.does) {
      case "load":
        return Promise.all(Array.from({ length: act.tabs }, () => this.#browser.load()));
      case "reload":
      case "leave": {
        const tab = this.#browser.openTab();
        const first = tab.load();
        await anyMoment();
        if (this.#asleep !== null) await this.#asleep;
        if (act.does === "reload") await tab.load();
        else tab.leave();
        return first;
      }
      case "sleep":
        this.#asleep = this.#sleep(act.for);
        return this.#asleep;
      case "sign in":
        return this.#browser.signIn();
      case "log out":
        return this.#browser.logOut();
      case "switch organization": {
        const [{ id }] = organizations;
        await admin.addMember(this.#browser.user, id);
        return this.#browser.switchOrganization(id);
      }
    }
  }

  async #sleep(hundredths: number): Promise<void> {
    const { now, until, accessTokenLifetime } = this.#stage;
    this.#browser.sleep();
    await until(now() + (hundredths / 100) * accessTokenLifetime);
    this.#browser.wake();
    this.#asleep = null;
  }
}
