import type { Locator, Page, Request } from "@playwright/test";
import { expect, type HoldfastFixtures, type TestIssuer } from "../../harness/library/playwright.ts";
import { credentialLabel } from "../../harness/model/credential.ts";

/** What people see and do in the reference app, in the words of the specs. */

/** Opens a tab in which somebody signs in, and waits for the page to which that leads. */
export async function signIn(tab: HoldfastFixtures["tab"], path = "/", email = "ada@example.test"): Promise<Page> {
  const page = await tab(`/login?${new URLSearchParams({ login_hint: email, return_to: path })}`);
  await showsSignedIn(page);
  return page;
}

export function title(page: Page): Locator {
  return page.getByRole("heading", { level: 1 });
}

export async function showsSignedIn(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await expect(title(page)).not.toHaveText("You are signed out");
}

export async function showsSignedOut(page: Page): Promise<void> {
  await expect(title(page)).toHaveText("You are signed out");
}

/** The stream of the events page is connected. */
export async function isLive(page: Page): Promise<void> {
  await expect(page.locator("#connection")).toHaveAttribute("data-state", "live");
}

/** Adds a note, and does not wait for it to be shown. */
export async function note(page: Page, text: string): Promise<void> {
  await page.getByLabel("Add a note").fill(text);
  await page.getByRole("button", { name: "Add" }).click();
}

export async function shows(page: Page, text: string): Promise<void> {
  await expect(page.getByText(text, { exact: true })).toBeVisible();
}

/** Each redemption of a refresh token so far, with what came of it: `RT F1.g0 rotated`. */
export function redemptions(issuer: TestIssuer): readonly string[] {
  return issuer.events().flatMap((event) => (event.type === "token-redeemed" ? [`${credentialLabel(event.token)} ${event.outcome}`] : []));
}

/** The first so many generations of a family, each redeemed once. */
export function onceEach(family: string, generations: number): readonly string[] {
  return Array.from({ length: generations }, (_, generation) => `RT ${family}.g${generation} rotated`);
}

/** Resolves once so many generations of refresh tokens have been redeemed. */
export function redeemed(issuer: TestIssuer, generations: number): Promise<void> {
  return new Promise((resolve) => {
    const end = issuer.subscribe(look);
    look();
    function look(): void {
      if (redemptions(issuer).length < generations) return;
      end();
      resolve();
    }
  });
}

/** The issuer has ended nobody's session. */
export function nothingEnded(issuer: TestIssuer): void {
  expect(issuer.events().filter(({ type }) => type === "session-ended")).toEqual([]);
}

/** Every request that a page makes from now on. */
export function requestsOf(page: Page): readonly Request[] {
  const requests: Request[] = [];
  page.on("request", (request) => requests.push(request));
  return requests;
}
