import { expect, test } from "vitest";
import { profiles } from "../issuer/profiles.ts";
import { monitorContext } from "./monitor-context.ts";

test("monitors count in milliseconds what a profile counts in seconds", () => {
  const lifetimes = { refreshToken: 60, absolute: null, inactivity: 7 };
  expect(monitorContext({ ...profiles.workos, lifetimes }, 300_000, []).refreshTokenLives).toEqual({
    issued: 60_000,
    signedIn: null,
    unused: 7_000,
  });
});

test("the skew is a tenth of the lifetime, and 30 s at most", () => {
  expect(monitorContext(profiles.workos, 60_000, []).skew).toBe(6_000);
  expect(monitorContext(profiles.workos, 3_600_000, []).skew).toBe(30_000);
});

test("only a profile that says so ends more than one session after reuse", () => {
  const far = Object.values(profiles).filter((profile) => monitorContext(profile, 300_000, []).reuseEnds === "user");
  expect(far.map(({ lateReuse }) => lateReuse)).toEqual(far.map(() => "client-user"));
  expect(far.map(({ name }) => name)).toContain("better-auth");
});
