import { OF_EVERYONE } from "../harness/model/invariant.ts";
import type { Scenario } from "../harness/model/scenario.ts";
import { goOn, STILL_WORKS, signBothIn } from "./two-people.ts";

type Mark = "every page of a cold isolate was served" | typeof STILL_WORKS;

/** Pages with access tokens that hold, at isolates that have never seen anybody. */
export const coldIsolates: Scenario<Mark> = {
  name: "cold-isolates",
  describe: "pages with a valid access token meet isolates that have just started, and need nothing of the issuer",
  defaults: { loads: 4, isolates: 4, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: ["every page of a cold isolate was served", STILL_WORKS],

  async play(stage) {
    const { browsers, parameters, withFaults, reach } = stage;
    await signBothIn(stage);
    await withFaults(async () => {
      const pages = browsers.flatMap((browser) => Array.from({ length: parameters.loads }, () => browser.load()));
      if ((await Promise.all(pages)).every((answer) => answer === "signed-in")) reach("every page of a cold isolate was served");
    });
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
