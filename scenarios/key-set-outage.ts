import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

/** Milliseconds. By then a client that found the keys out of reach has asked for them again. */
const PATIENCE = 61_000;

type Mark = typeof REDEMPTION | "the keys could not be had" | "service is back" | typeof STILL_WORKS;

/** The issuer has a new key, and just then nobody can fetch its key set. */
export const keySetOutage: Scenario<Mark> = {
  name: "key-set-outage",
  describe: "a new key signs while the key set cannot be fetched: nobody can say who is signed in, until the outage ends",
  defaults: { loads: 3, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: [REDEMPTION, "the keys could not be had", "service is back", STILL_WORKS],

  async play(stage) {
    const { admin, parameters, accessTokenLifetime, now, until, reach } = stage;
    const [ada] = await signBothIn(stage);
    await admin.rotateKeys();
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await admin.outage("jwks", async () => {
      const answers = await Promise.all(Array.from({ length: parameters.loads }, () => ada.load()));
      if (answers.includes("unavailable")) reach("the keys could not be had");
    });
    await until(now() + PATIENCE);
    if ((await ada.load()) === "signed-in") reach("service is back");
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
