import { z } from "zod";
import { INVARIANTS } from "../../invariants/index.ts";
import { profiles } from "../../issuer/profiles.ts";
import { checked } from "../../model/checked.ts";
import type { InvariantId } from "../../model/invariant.ts";
import type { VerifyConfig } from "./config.ts";
import { PLAN_NAMES } from "./plan/names.ts";

const HINT = "see docs/verify.md for a configuration that works";

const invariantIds = Object.keys(INVARIANTS) as [InvariantId, ...InvariantId[]];
const profileNames = Object.keys(profiles) as [string, ...string[]];

const name = z.string("a name").regex(/^[\w./@ -]{1,60}$/, "a name of letters, digits, spaces, -, _, ., / and @");
const path = z.string("a path of the app, as in /login").regex(/^\/(?!\/)\S*$/, "a path of the app, as in /login");
const port = z.int("a port").min(0, "a port from 0 to 65535").max(65_535, "a port from 0 to 65535");
const seconds = z.number("seconds").min(1, "at least 1 second").max(600, "at most 600 seconds");
const text = z.union([z.string().min(1), z.instanceof(RegExp)], "a text or a regular expression");
const status = z.int("a status").min(100, "a status from 100").max(599, "a status up to 599");

const matcher = z
  .strictObject(
    {
      status: z.union([status, z.array(status).min(1)], "a status, or a list of them").optional(),
      body: text.optional(),
      location: text.optional(),
    },
    "what an answer has: status, body or location",
  )
  .refine((given) => Object.values(given).some((each) => each !== undefined), "at least one of status, body and location");
const judge = z.custom((value) => typeof value === "function");
const recognition = z.union(
  [matcher, z.array(matcher).min(1), judge],
  "status, body or location of an answer, a list of those, or a function",
);

const started = z.strictObject(
  {
    command: z
      .array(z.string("a text").min(1, "a text"), 'a program and its arguments, as in ["node", "server.js"]')
      .min(1, "a program and its arguments"),
    instances: z.int("a whole number from 1 to 16").min(1, "a whole number from 1 to 16").max(16, "a whole number from 1 to 16").optional(),
    port: port.optional(),
    cwd: z.string("a folder").optional(),
    env: z
      .union(
        [z.record(z.string(), z.string("a text")), z.custom((value) => typeof value === "function")],
        "variables, or a function that gives them",
      )
      .optional(),
    services: z.custom((value) => typeof value === "function", "a function that starts what the instances share").optional(),
    readyWithin: seconds.optional(),
  },
  "a command with its options, or a url",
);
const running = z.strictObject(
  { url: z.string("a URL"), hostIsMine: z.string("a host").optional(), readyWithin: seconds.optional() },
  "a url, or a command with its options",
);

const schema = z.strictObject(
  {
    name,
    strategy: name.optional(),
    app: z.union([started, running], "{ command } for an app that is started, or { url } for one that runs"),
    issuer: z
      .strictObject(
        {
          profile: z.enum(profileNames, `one of the profiles ${profileNames.join(", ")}`).optional(),
          port: port.optional(),
          // `exp` counts whole seconds: one of them may be as good as over when it begins.
          accessTokenLifetime: z.number("seconds").min(2, "at least 2 seconds").max(600, "at most 600 seconds").optional(),
        },
        "profile, port and accessTokenLifetime",
      )
      .optional(),
    signIn: path.optional(),
    signOut: path.optional(),
    pages: z.array(path, 'a list of paths, as in ["/dashboard"]').min(1, "at least one path"),
    webSocket: path.optional(),
    callback: path.optional(),
    signedIn: recognition,
    signedOut: recognition,
    stale: recognition.optional(),
    unavailable: recognition.optional(),
    sessionCookies: z.array(text, "a list of names").min(1, "at least one name").optional(),
    promises: z.array(z.enum(invariantIds, `one of the invariants ${invariantIds.join(", ")}`), "a list of invariants").optional(),
    skip: z
      .record(z.string(), z.string("the reason, as a text").min(1, "the reason, as a text"), "items of the plan, each with the reason")
      .superRefine((given, context) => {
        const unknown = Object.keys(given).find((item) => !PLAN_NAMES.includes(item));
        if (unknown === undefined) return;
        context.addIssue({ code: "custom", input: unknown, message: `items of the plan (${PLAN_NAMES.join(", ")})` });
      })
      .optional(),
    tabs: z.int("a whole number from 2 to 50").min(2, "a whole number from 2 to 50").max(50, "a whole number from 2 to 50").optional(),
    leeway: z.number("seconds").min(0, "0 seconds or more").max(60, "at most 60 seconds").optional(),
    patience: seconds.optional(),
  },
  "a configuration",
);

/**
 * A configuration as it was written, once it has been looked at.
 *
 * @throws HoldfastError `BAD_USAGE` that names the first thing that is wrong with it: what was expected, and what came
 *
 * @example
 * ```ts
 * checkedConfig({ name: "shop", app: { url: "http://localhost:3000" }, pages: ["/"], signedIn: { status: 200 }, signedOut: { location: "/login" } }).name; // "shop"
 * ```
 */
export function checkedConfig(value: unknown): VerifyConfig {
  // Which of the two an app is shows in what it has, and the error should be about that one.
  const { app } = (value ?? {}) as { readonly app?: unknown };
  if (typeof app === "object" && app !== null) {
    checked("command" in app ? started : running, app, { code: "BAD_USAGE", what: "app of the configuration", hint: HINT });
  }
  return checked(schema, value, { code: "BAD_USAGE", what: "the configuration", hint: HINT }) as VerifyConfig;
}
