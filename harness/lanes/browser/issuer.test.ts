import { expect, test } from "vitest";
import { startTestIssuer } from "./issuer.ts";

test("it holds refreshes until they are released, and tells when they have come", async () => {
  const issuer = await startTestIssuer();
  const { faults } = issuer.control;
  const [id = ""] = faults.add({ at: { endpoint: "token" }, when: "before-commit", times: null, effect: { kind: "hold" } });
  const ask = () =>
    fetch(`${issuer.origin}/user_management/authenticate`, { method: "POST", body: new URLSearchParams({ grant_type: "refresh_token" }) });
  let two = false;
  const both = faults.whenHeld(id, 2).then(() => {
    two = true;
  });
  const first = ask();
  await faults.whenHeld(id, 1);
  expect(two).toBe(false);
  const second = ask();
  await both;
  await faults.whenHeld(id, 2);
  expect(issuer.requests()).toEqual([]);
  faults.remove(id);
  for (const answer of [first, second]) expect((await answer).status).toBeGreaterThanOrEqual(400);
  expect(issuer.requests()).toHaveLength(2);
  expect(issuer.journalText()).toContain("token");
  await issuer.close();
});

test("its settings are of the profile that was chosen, with the keys of now", async () => {
  const issuer = await startTestIssuer({ profile: "logto", accessTokenLifetime: 5 });
  expect(issuer.settings).toMatchObject({ profile: "logto", grace: 3_000, origin: issuer.origin });
  expect(issuer.settings.jwks.keys.length).toBeGreaterThan(0);
  expect(issuer.accessTokenLifetime).toBe(5_000);
  await issuer.close();
  await expect(startTestIssuer({ profile: "nobody" })).rejects.toMatchObject({ code: "BAD_USAGE" });
});
