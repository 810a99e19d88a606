import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { PAST_EXPIRY, signBothIn } from "./two-people.ts";

/** Milliseconds, beyond the minute for which an older cookie is taken after a newer one has first been presented (DESIGN §5). */
const PAST_THE_WINDOW = 61_000;

type Mark =
  | typeof REDEMPTION
  | "the owner has gone on to a newer cookie"
  | "the thief came after the window"
  | "the other one never noticed";

/** Somebody copies a cookie. Its owner goes on; long afterwards the thief comes with what he has. */
export const stolenCookie: Scenario<Mark> = {
  name: "stolen-cookie",
  describe: "a copied cookie is presented when its owner has long gone on to newer ones: the session ends, and nobody else's does",
  defaults: { loads: 2, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: [REDEMPTION, "the owner has gone on to a newer cookie", "the thief came after the window", "the other one never noticed"],

  async play(stage) {
    const { parameters, accessTokenLifetime, now, until, withFaults, steal, anotherBrowser, reach } = stage;
    const [ada, ben] = await signBothIn(stage);
    await anotherBrowser(ada).signIn();
    const thief = steal(ada);
    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await ada.load();
    if ((await ada.load()) === "signed-in") reach("the owner has gone on to a newer cookie");

    await until(now() + PAST_THE_WINDOW);
    await withFaults(async () => {
      const pages = Array.from({ length: parameters.loads }, () => ada.load());
      await Promise.all([thief.load(), ...pages]);
    });
    reach("the thief came after the window");

    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    if ((await ada.load()) === "signed-out") await ada.signIn();
    await Promise.all([ada.load(), thief.load()]);
    if ((await ben.load()) === "signed-in") reach("the other one never noticed");
  },
};
