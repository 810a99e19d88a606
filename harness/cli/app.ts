import { organizations } from "../../fixtures/organizations.ts";
import { stopSignal } from "../../src/app/node/stop-signal.ts";
import type { LogEntry } from "../../src/callback/refusal.ts";
import type { CustomClaim, SeededMembership } from "../issuer/options.ts";
import type { LoopbackIssuer } from "../lanes/loopback-issuer.ts";
import { startLoopbackIssuer } from "../lanes/loopback-issuer.ts";
import { type ReferenceApp, startReferenceApp } from "../targets/reference/app.ts";

/** Milliseconds. */
const PARENT_CHECK = 500;

/** Ada has nothing to choose; Ben is asked to which organization a new project belongs. */
const memberships: readonly SeededMembership[] = [
  { userId: "user_ada", organizationId: "org_acme", role: "member" },
  ...organizations.map(({ id }) => ({ userId: "user_ben", organizationId: id, role: "member" })),
];
const customClaims: readonly CustomClaim[] = ["organizations", "projects"];

export interface AppOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly profile: string;
  /** Seconds. */
  readonly accessTokenLifetime: number;
}

/**
 * `npm run app`: the reference app with the fake issuer beside it, on loopback, until it is asked to stop.
 *
 * @throws HoldfastError `BAD_USAGE` when it cannot start.
 */
export async function serveApp({ port, profile, accessTokenLifetime }: AppOptions): Promise<void> {
  const stopped = Promise.race([stopSignal(), endOfNpm()]);
  const issuer = await startLoopbackIssuer({
    profile,
    accessTokenLifetime: accessTokenLifetime * 1000,
    organizations,
    memberships,
    customClaims,
  });
  try {
    const log = (entry: LogEntry) => process.stderr.write(`${JSON.stringify(entry)}\n`);
    const app = await startReferenceApp(issuer.settings, { port, environment: process.env, log });
    process.stdout.write(welcome(app, issuer, accessTokenLifetime));
    await stopped;
    await app.close();
  } finally {
    await issuer.close();
  }
  process.stdout.write("stopped\n");
}

/** Resolves when the npm that has started this process is gone. The shell in between passes no signal on, and the app would stay behind. */
function endOfNpm(): Promise<void> {
  return new Promise((resolve) => {
    if (process.env.npm_lifecycle_event === undefined) return;
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve();
    }, PARENT_CHECK);
    timer.unref();
  });
}

function graceInWords(grace: number | null): string {
  if (grace === null) return "a spent refresh token never works again";
  return Number.isFinite(grace) ? `a spent refresh token works for ${grace / 1000} s more` : "a spent refresh token goes on working";
}

function welcome({ origin, isStored, random }: ReferenceApp, { profile, users, settings }: LoopbackIssuer, lifetime: number): string {
  const names = users.map(({ firstName, lastName }) => `${firstName} ${lastName}`);
  const width = Math.max(...names.map((name) => name.length));
  const signIns = users.map(({ email }, index) => {
    const link = `${origin}/login?login_hint=${encodeURIComponent(email)}`;
    return `${index === 0 ? "  Sign in  " : "           "}${names[index]?.padEnd(width)}  ${link}\n`;
  });
  const grace = graceInWords(settings.grace);
  return [
    `The reference app is ready.\n\n`,
    `  App      ${origin}\n`,
    ...signIns,
    `  Issuer   ${settings.origin}, profile ${profile.name}: ${grace}\n`,
    `  Tokens   an access token lives ${lifetime} s, and is renewed by the page load that finds it due\n`,
    `  Data     ${isStored ? "in Postgres, at DATABASE_URL" : "in memory, gone when this stops"}\n`,
    random.length === 0 ? "" : `  Secrets  random, gone when this stops; to keep them set ${random.join(", ")}\n`,
    `\nCtrl+C stops both.\n`,
  ].join("");
}
