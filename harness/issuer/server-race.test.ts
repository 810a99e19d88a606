import { expect, test } from "vitest";
import type { TreeToken } from "./control/families.ts";
import { AT_ONCE, expectAtOnce } from "./profiles/at-once.testing.ts";
import { profiles } from "./profiles.ts";
import { OPTIONS, refresh, signIn } from "./server.testing.ts";
import { startIssuerServer } from "./server.ts";

const RACERS = 8;

// Each on a connection of its own, and certainly at once: none is let in before all have arrived.
test.each(Object.keys(profiles) as (keyof typeof profiles)[])(
  "under %s, eight requests over HTTP leave as many live successors as its table says",
  async (name) => {
    const server = await startIssuerServer({ ...OPTIONS, profile: profiles[name], journalSize: 100 });
    const { control } = server.issuer;
    const { refresh_token } = await signIn(server.origin);
    control.faults.add({
      times: RACERS,
      when: "before-commit",
      effect: { kind: "hold", requests: RACERS },
      at: { grantType: "refresh_token" },
    });

    const answers = await Promise.all(Array.from({ length: RACERS }, () => refresh(server.origin, refresh_token)));

    const bodies = await Promise.all(answers.filter(({ status }) => status === 200).map((answer) => answer.json()));
    const given = bodies.map((body): string => body.refresh_token ?? refresh_token);
    const next = control.families().flatMap(({ tokens }) => tokens.flatMap((token: TreeToken) => token.next));
    expectAtOnce(AT_ONCE[name][0], {
      count: RACERS,
      given,
      kept: refresh_token,
      live: next.filter(({ state }) => state === "live").length,
    });
    const rotated = control.journal?.text().match(/ rotated /g) ?? [];
    expect(rotated).toHaveLength(AT_ONCE[name][0] === "all, and it is kept" ? 0 : 1);
    await server.close();
  },
);
