import { OF_EVERYONE } from "../harness/model/invariant.ts";
import { REDEMPTION, type Scenario } from "../harness/model/scenario.ts";
import { goOn, PAST_EXPIRY, STILL_WORKS, signBothIn } from "./two-people.ts";

/** Milliseconds after a rotation from which on every isolate must have the new key. */
const SETTLED = 61_000;

type Mark =
  | typeof REDEMPTION
  | "a token of the old key was served beside the new key"
  | "a token of the new key was served"
  | "the old key is retired"
  | typeof STILL_WORKS;

/** The issuer rotates its signing key while people are signed in: first both keys are published, then only the new one. */
export const keyRotation: Scenario<Mark> = {
  name: "key-rotation",
  describe: "the issuer signs with a new key while sessions live, and retires the old one when its last tokens are over",
  defaults: { loads: 3, isolates: 2, page: "request" },
  invariants: OF_EVERYONE,
  mustReach: [
    REDEMPTION,
    "a token of the old key was served beside the new key",
    "a token of the new key was served",
    "the old key is retired",
    STILL_WORKS,
  ],

  async play(stage) {
    const { admin, parameters, accessTokenLifetime, now, until, withFaults, reach } = stage;
    const [ada] = await signBothIn(stage);
    await admin.rotateKeys();
    if ((await ada.load()) === "signed-in") reach("a token of the old key was served beside the new key");

    await until(now() + accessTokenLifetime + PAST_EXPIRY);
    await withFaults(() => Promise.all(Array.from({ length: parameters.loads }, () => ada.load())));
    await until(now() + SETTLED);
    const answers = await Promise.all(Array.from({ length: parameters.loads }, () => ada.load()));
    if (answers.includes("signed-in")) reach("a token of the new key was served");
    await admin.retireKeys();
    reach("the old key is retired");
    if (await goOn(stage)) reach(STILL_WORKS);
  },
};
