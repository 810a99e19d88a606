import type { PlanItem } from "./item.ts";

/** Milliseconds, beyond the minute for which an older cookie is taken after a newer one has first been presented (DESIGN §5). */
const PAST_THE_WINDOW = 61_000;

/** Somebody copies a cookie. Its owner goes on; long afterwards the thief comes with what he has. */
export const theft: PlanItem = {
  name: "theft",
  describe: "a copied cookie is presented a minute after its owner has gone on to a newer one",
  invariants: () => ["theft-detected"],
  waits: true,
  missing: ({ promises = [] }) => (promises.includes("theft-detected") ? null : "the app does not promise theft-detected"),
  async play(stage) {
    const { ada, ben, scene } = stage;
    const { people } = scene.parts;
    await stage.signBothIn();
    const thief = scene.open("ada-thief", people.ada);
    thief.copyCookies(ada);
    scene.emit({ type: "cookie-stolen", jar: "ada-thief", from: "ada", user: ada.user, token: thief.held() });
    await stage.expire(ada);
    await stage.load(ada);
    await stage.load(ada);
    await stage.wait(PAST_THE_WINDOW);
    await stage.load(thief);
    await Promise.all([stage.load(ada), stage.load(ben)]);
    // No race is left that could show later: one lifetime is enough for whoever still has a token.
    await stage.wait(stage.accessTokenLifetime);
    await Promise.all([stage.load(ada), stage.load(ben), stage.load(thief)]);
  },
};
