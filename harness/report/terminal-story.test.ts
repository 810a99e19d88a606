import { describe, expect, it } from "vitest";
import { STORY } from "./measured.testing.ts";
import { renderStory } from "./terminal-story.ts";

const CELL = { strategy: "naive", profile: "better-auth" };

describe("the story of something broken in a world of weeks", () => {
  it("tells each event with its time of day, and then the stretch of the trace that is about the same pages", () => {
    expect(renderStory(CELL, STORY)).toBe(
      [
        "For instance no-spurious-logout: naive under better-auth, world 2, day 3",
        "  10:00:00.000  isolate-1 presents RT F1.g3 for ada/load-7",
        "  10:00:00.012  isolate-2 presents RT F1.g3 again for ada/load-8",
        "  10:00:00.400  ada/load-8 of user_ada is answered signed-out",
        "",
        "  10:00:00.000  ada/load-7      ada → isolate-1         GET / [RT F1.g3]",
        "  10:00:00.012  ada/load-8      ada → isolate-2         GET / [RT F1.g3]",
        "  10:00:00.080  ada/load-7      isolate-1 → issuer      POST …/authenticate [RT F1.g3]",
        "  10:00:00.400  ada/load-8      isolate-2 → ada         302",
        "",
      ].join("\n"),
    );
  });

  it("leaves the time open of what the trace has forgotten", () => {
    const told = renderStory(CELL, { ...STORY, trace: STORY.trace.slice(2) });
    expect(told).toContain("\n                isolate-1 presents RT F1.g3 for ada/load-7\n  10:00:00.012  isolate-2 presents");
  });
});
