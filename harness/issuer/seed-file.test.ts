import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { profiles } from "./profiles.ts";
import { readSeedFile } from "./seed-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-seed-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, "seed.json");
  writeFileSync(path, text);
  return path;
}

test("everything that a seed file may say is taken, and what it leaves out of a part has its default", async () => {
  const fault = { at: { endpoint: "jwks" }, nth: 2, times: null, when: "before-commit", effect: { kind: "hold", requests: 2 } };
  const said = {
    profile: "logto",
    clientId: "client_mine",
    apiKey: "sk_test_mine",
    issuer: "https://api.workos.com/user_management/client_mine",
    audience: "my-api",
    customClaims: ["email", "organizations", "projects"],
    users: [{ id: "user_eve", email: "eve@example.test", firstName: "Eve", lastName: "Adams", password: "apple" }],
    organizations: [
      { id: "org_acme", slug: "acme", name: "Acme", projects: [{ id: "p1", slug: "one", name: "One" }] },
      { id: "org_bare", slug: "bare", name: "Bare" },
    ],
    memberships: [
      { userId: "user_eve", organizationId: "org_acme", role: "admin", permissions: ["pets:feed"] },
      { userId: "user_eve", organizationId: "org_bare", role: "member" },
    ],
    clients: [
      { id: "web", secret: "s3cret", backchannelLogoutUri: "http://localhost:1/bye", asksConsent: true },
      { id: "spa", secret: null, redirectUris: ["http://localhost:1/cb"], postLogoutRedirectUris: [] },
    ],
    keys: [signingKeys[1]],
    faults: [fault],
  };

  const seed = await readSeedFile(file(JSON.stringify({ $schema: "./seed.schema.json", accessTokenLifetime: 60, ...said })));

  expect(seed).toEqual({
    ...said,
    profile: profiles.logto,
    // Milliseconds, as an issuer counts.
    accessTokenLifetime: 60_000,
    organizations: [said.organizations[0], { ...said.organizations[1], projects: [] }],
    memberships: [said.memberships[0], { ...said.memberships[1], permissions: [] }],
    clients: [{ ...said.clients[0], redirectUris: null, postLogoutRedirectUris: null }, said.clients[1]],
  });
});

test("an empty one says nothing", async () => {
  expect(await readSeedFile(file("{}"))).toEqual({});
});

test("one that is not there is named", async () => {
  const path = join(folder, "nowhere.json");
  await expect(readSeedFile(path)).rejects.toMatchObject({
    code: "BAD_USAGE",
    message: `expected a seed file of JSON at ${path}, got ENOENT`,
  });
});
