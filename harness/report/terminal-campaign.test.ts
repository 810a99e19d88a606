import { expect, it } from "vitest";
import { campaignStatus } from "./campaign.testing.ts";
import { renderCampaign } from "./terminal-campaign.ts";

it("says how far it is, how fast, and what was found", () => {
  expect(renderCampaign(campaignStatus)).toBe(
    [
      "Campaign 3 · nightly · 25 cells · code 0.0.0-0123456789ab",
      "  jobs     1,300 of 1,420 jobs done, 1:52 min left",
      "  rate     1,810 schedules/s, 64 jobs/min over the last minute",
      "  seen     1,204,000 schedules, 3,456,789 states",
      "  found    nothing",
      "  workers  16 workers on 2 machines",
      "  queue    1.4 % of the workers' time; a job takes 14.9 s (median)",
      "",
    ].join("\n"),
  );
});

it("names what was set aside, and that it was stopped, in red only where somebody wants colour", () => {
  const status = {
    ...{ ...campaignStatus, violations: 2, limits: 1, secondsLeft: 7_380 },
    campaign: { ...campaignStatus.campaign, isStopped: true },
    jobs: { open: 5, done: 3, aside: 1 },
    aside: [{ id: "f3", deaths: 3, why: "its process was ended by SIGABRT\u001b[2J" }],
  };
  const text = renderCampaign(status);
  expect(text).toContain(" · stopped\n");
  expect(text).toContain("3 of 9 jobs done, 1 set aside, 2:03 h left");
  expect(text).toContain("2 violations, 1 limit of issuers");
  expect(text).toContain("set aside after it had killed 3 workers: job f3: its process was ended by SIGABRT\ufffd[2J");
  expect(text).not.toContain("\u001b");
  expect(renderCampaign(status, { colour: true })).toContain("\u001b[31m2 violations\u001b[39m");
});

it("says nothing of what nobody can tell yet", () => {
  const text = renderCampaign({ ...campaignStatus, secondsLeft: null, queueShare: null, medianJob: null });
  expect(text).toContain("1,300 of 1,420 jobs done\n");
  expect(text).toContain("  queue    –\n");
});
