import { expect, test } from "../../harness/library/playwright.ts";
import { isLive, note, nothingEnded, onceEach, redeemed, redemptions, shows, showsSignedIn, signIn } from "./steps.ts";

test.describe("the wait past expiry", () => {
  test.use({ issuerOptions: { accessTokenLifetime: 5 } });

  test("three lifetimes long, in six tabs with open streams, signs nobody out and costs one redemption a generation", async ({
    tab,
    issuer,
  }) => {
    const first = await signIn(tab, "/events");
    const others = await Promise.all(Array.from({ length: 5 }, () => tab("/events")));
    const tabs = [first, ...others];
    // Streams that were open before the first token ends, and those that come after it.
    const streams = tabs.map((page) => {
      const opened: string[] = [];
      page.on("websocket", (socket) => opened.push(socket.url()));
      return opened;
    });
    for (const page of tabs) await isLive(page);

    await redeemed(issuer, 3);
    for (const page of tabs) {
      await isLive(page);
      await showsSignedIn(page);
    }
    // Every stream has ended with its token and has come back after each of them.
    await expect.poll(() => Math.min(...streams.map(({ length }) => length))).toBeGreaterThanOrEqual(3);
    await note(first, "still here after three lifetimes");
    for (const page of tabs) await shows(page, "still here after three lifetimes");

    const all = redemptions(issuer);
    expect(all).toEqual(onceEach("F1", all.length));
    nothingEnded(issuer);
  });
});

test("six tabs that load at the moment of expiry make one refresh, however long it takes", async ({
  tab,
  issuer,
  expireAccessToken,
  hold,
}) => {
  const first = await signIn(tab);
  const others = await Promise.all(Array.from({ length: 5 }, () => tab("/projects")));
  await expireAccessToken();
  const refresh = hold();
  const reloads = Promise.all([first, ...others].map((page) => page.reload()));
  await refresh.arrived();
  refresh.release();
  await reloads;
  for (const page of [first, ...others]) await showsSignedIn(page);
  expect(redemptions(issuer)).toEqual(onceEach("F1", 1));
  nothingEnded(issuer);
});
