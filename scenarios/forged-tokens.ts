import { FORGERIES } from "../harness/lanes/forgeries.ts";
import type { Scenario } from "../harness/model/scenario.ts";
import { signBothIn } from "./two-people.ts";

type Mark = "a good token is taken" | "every forgery was tried";

/** Somebody who has nobody's cookie tries access tokens that are forged, one thing wrong with each. */
export const forgedTokens: Scenario<Mark> = {
  name: "forged-tokens",
  describe: "a stranger presents access tokens as bearer, each with one thing wrong with it, beside a good one",
  defaults: { loads: 1, isolates: 1, page: "request" },
  // The good token belongs to no jar, so that the invariants of those who hold something say nothing here.
  invariants: ["fail-closed", "no-spurious-logout"],
  mustReach: ["a good token is taken", "every forgery was tried"],

  async play(stage) {
    const { present, withFaults, reach } = stage;
    const [ada, ben] = await signBothIn(stage);
    if ((await present(ada, null)) === "signed-in") reach("a good token is taken");
    await withFaults(async () => {
      await Promise.all([ben.load(), ...FORGERIES.map((forgery) => present(ada, forgery))]);
    });
    reach("every forgery was tried");
    await Promise.all([ada.load(), ben.load()]);
  },
};
