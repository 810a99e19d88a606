import { CookieJar } from "tough-cookie";
import { afterEach, expect, test } from "vitest";
import type { IssuerEvent } from "../../harness/issuer/issuer.ts";
import { profiles } from "../../harness/issuer/profiles.ts";
import { startLoopbackIssuer } from "../../harness/lanes/loopback-issuer.ts";
import { startReferenceApp } from "../../harness/targets/reference/app.ts";
import { systemPorts } from "../../src/app/system-ports.ts";

/** Milliseconds. */
const LIFETIME = 5_000;

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** App and issuer over HTTP, on a clock that runs like the real one and can be moved on. */
async function open(profile: string) {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const redeemed: string[] = [];
  const journal = (entry: IssuerEvent) => {
    if (entry.type === "token-redeemed") redeemed.push(`g${entry.token.generation} ${entry.outcome}`);
  };
  const issuer = await startLoopbackIssuer({ profile, accessTokenLifetime: LIFETIME, now, journal });
  running.push(issuer);
  const app = await startReferenceApp(issuer.settings, { port: 0, environment: {}, log: () => {}, ports: { ...systemPorts(), now } });
  running.unshift(app);
  const jar = new CookieJar();

  /** One page load in a browser that others share. It keeps the cookies of the answer. */
  async function load(url: string): Promise<Response> {
    const response = await fetch(url, { headers: { cookie: await jar.getCookieString(url) }, redirect: "manual" });
    for (const setCookie of response.headers.getSetCookie()) await jar.setCookie(setCookie, url);
    const location = response.headers.get("location");
    return location === null ? response : load(new URL(location, url).href);
  }

  await load(`${app.origin}/login?login_hint=ada%40example.test`);
  return {
    redeemed,
    /** Loads the home page so many times at once, and says how often the answer was signed in. */
    async reload(times: number) {
      const pages = await Promise.all(Array.from({ length: times }, () => load(`${app.origin}/`).then((response) => response.text())));
      return pages.filter((html) => html.includes("ada&#39;s Workspace")).length;
    },
    expire() {
      ahead += LIFETIME + 1_000;
    },
    /** Ends every session of Ada at the issuer, as its operator does, and says how many there were. */
    async revoke() {
      const { origin: at, apiKey } = issuer.settings;
      const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
      const listed = await (await fetch(`${at}/user_management/users/user_ada/sessions`, { headers })).json();
      const ids: string[] = listed.data.map(({ id }: { id: string }) => id);
      const path = `${at}/user_management/sessions/revoke`;
      for (const id of ids) await fetch(path, { method: "POST", headers, body: JSON.stringify({ session_id: id }) });
      return ids.length;
    },
    home: async () => (await load(`${app.origin}/`)).text(),
  };
}

test.each(["workos", "better-auth", "zitadel", "logto"])(
  "under %s a browser stays signed in past every expiry, and each generation is redeemed once",
  async (profile) => {
    const { reload, expire, redeemed } = await open(profile);
    expect(await reload(3)).toBe(3);
    expect(redeemed).toEqual([]);
    for (const tabs of [1, 6, 6]) {
      expire();
      expect(await reload(tabs)).toBe(tabs);
    }
    expect(redeemed).toEqual(["g0 rotated", "g1 rotated", "g2 rotated"]);
  },
);

// Whatever its issuer calls a refusal: one that the app does not know it takes for a misconfiguration, and answers 500.
test.each(Object.keys(profiles))("under %s a browser whose session the issuer has ended is told that it is signed out", async (profile) => {
  const { revoke, expire, home } = await open(profile);
  expect(await home()).toContain("ada&#39;s Workspace");
  expect(await revoke()).toBe(1);
  expire();
  expect(await home()).toContain("You are signed out");
});
