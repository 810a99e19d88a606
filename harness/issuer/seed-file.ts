import { readFile } from "node:fs/promises";
import { z } from "zod";
import { HoldfastError } from "../model/error.ts";
import type { FaultRule } from "./control/fault-plan.ts";
import { complaint, faultPlan } from "./control/schemas.ts";
import { fields } from "./fields.ts";
import type { IssuerOptions } from "./options.ts";
import { profileSchema } from "./profile-json.ts";

const text = z.string().min(1).max(200);
const url = z.url().max(2_000);

const user = fields({ id: text, email: z.email(), firstName: text, lastName: text, password: text.optional() });
const project = fields({ id: text, slug: text, name: text });
const organization = fields({ id: text, slug: text, name: text, projects: z.array(project).default([]) });
const membership = fields({ userId: text, organizationId: text, role: text, permissions: z.array(text).default([]) });
const client = fields({
  id: text,
  secret: text.nullable(),
  redirectUris: z.array(url).nullable().default(null),
  postLogoutRedirectUris: z.array(url).nullable().default(null),
  backchannelLogoutUri: url.optional(),
  asksConsent: z.boolean().optional(),
});
const signingKey = fields({
  kid: text,
  privateJwk: z.looseObject({ kty: z.literal("RSA"), n: z.string(), e: z.string(), d: z.string() }),
});

const seedFile = fields({
  /** Lets an editor check the file. */
  $schema: z.string().optional(),
  profile: profileSchema.optional(),
  clientId: text.optional(),
  apiKey: text.optional(),
  /** Seconds. */
  accessTokenLifetime: z.number().min(1).max(86_400).optional(),
  issuer: url.optional(),
  audience: text.optional(),
  customClaims: z.array(z.enum(["email", "organizations", "projects"])).optional(),
  users: z.array(user).min(1).optional(),
  organizations: z.array(organization).optional(),
  memberships: z.array(membership).optional(),
  clients: z.array(client).optional(),
  keys: z.array(signingKey).min(1).optional(),
  faults: faultPlan.optional(),
});

/** What a seed file says, as an issuer takes it; what it leaves out is left out. */
export interface Seed extends Partial<Omit<IssuerOptions, "keys">> {
  readonly keys?: IssuerOptions["keys"];
  readonly faults?: readonly FaultRule[];
}

/**
 * Reads a seed file: JSON with the users, organizations, memberships, clients, keys and faults that an issuer starts with.
 *
 * @throws {HoldfastError} `BAD_USAGE` that says what is wrong with the file, and where, but no value of it
 */
export async function readSeedFile(path: string): Promise<Seed> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "something else" : (error as NodeJS.ErrnoException).code;
    throw new HoldfastError("BAD_USAGE", `expected a seed file of JSON at ${path}, got ${why}`, "see docs/issuer.md for one that works");
  }
  const parsed = seedFile.safeParse(json);
  if (!parsed.success) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected ${complaint(parsed.error)} in ${path}`,
      "see docs/issuer.md for what a seed file may say",
    );
  }
  const { $schema: _, accessTokenLifetime, ...rest } = parsed.data;
  return defined({
    ...rest,
    accessTokenLifetime: accessTokenLifetime === undefined ? undefined : accessTokenLifetime * 1000,
  });
}

/** What is given: zod leaves no key behind that was not, but its types cannot say so. */
function defined(seed: object): Seed {
  return Object.fromEntries(Object.entries(seed).filter(([, value]) => value !== undefined));
}
