import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

/** Milliseconds before its end at which an access token is due for a refresh, and still good. */
const BEFORE_EXPIRY = 10_000;
/** Milliseconds for which the issuer is down. */
const OUTAGE = 60_000;

type Mark =
  | typeof REDEMPTION
  | "a token that is due was served during the outage"
  | "nobody could say during the outage"
  | "service is back"
  | typeof STILL_WORKS;

/** The issuer is down when access tokens end, and comes back. */
export const issuerOutage: Scenario<Mark> = {
  name: "issuer-outage",
  describe: "the issuer is down from before an access token's end until a minute after it: nobody is signed out, and then all works again",
  defaults: { loads: 3, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: [
    REDEMPTION,
    "a token that is due was served during the outage",
    "nobody could say during the outage",
    "service is back",
    STILL_WORKS,
  ],

  async play(stage) {
    const { admin, parameters, accessTokenLifetime, now, until, reach } = stage;
    const [ada] = await signBothIn(stage);
    const ends = now() + accessTokenLifetime;
    const load = () => Promise.all(Array.from({ length: parameters.loads }, () => ada.load()));
    await until(ends - BEFORE_EXPIRY);
    await admin.outage("all", async () => {
      if ((await load()).every((answer) => answer === "signed-in")) reach("a token that is due was served during the outage");
      await until(ends + PAST_EXPIRY);
      if ((await load()).includes("unavailable")) reach("nobody could say during the outage");
      await until(ends + OUTAGE);
    });
    // Three pages at most: by then a client that keeps asking is served.
    for (let page = 0; page < 3; page++) if ((await ada.load()) === "signed-in") reach("service is back");
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
