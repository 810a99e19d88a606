import { type Credential, credentialLabel } from "../../model/credential.ts";
import { HoldfastError } from "../../model/error.ts";
import type { CustomClaim, IssuerOptions } from "../options.ts";
import type { Directory } from "../state/directory.ts";
import type { Family } from "../state/records.ts";
import type { Sign } from "./signer.ts";

/**
 * Makes the function that mints access tokens. The WorkOS surface's carry `iss, sub, sid, jti, iat, exp, client_id`, those of an
 * organization `org_id, role, roles, permissions` too, and no `aud`, which production tokens do not carry either. The OIDC
 * surface's are those of RFC 9068, whose `aud` is the client, with `sid`.
 *
 * The claims are settled in the call itself and only the signature is awaited, so a token belongs to the moment of its request
 * however late its signature comes.
 *
 * @throws {HoldfastError} `BAD_USAGE` with a lifetime below one second
 */
export function accessTokenMint(
  options: IssuerOptions,
  directory: Directory,
  sign: Sign,
): (credential: Credential, family: Family, scope: string | null) => { expiresAt: number; jwt: Promise<string> } {
  const { accessTokenLifetime } = options;
  if (!(accessTokenLifetime >= 1000)) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected an access-token lifetime of at least 1000 ms, got ${accessTokenLifetime}`,
      "`exp` counts whole seconds: pass milliseconds, not seconds",
    );
  }

  return (credential, family, scope) => {
    const now = options.now();
    const exp = Math.floor((now + accessTokenLifetime) / 1000);
    const moment = { iat: Math.floor(now / 1000), exp, jti: jti(credential, options.randomBytes(8)) };
    const claims = { ...surfaceClaims(options, family, scope), sub: credential.user, sid: credential.session, ...moment };
    const all = { ...claims, ...organizationClaims(directory, family), ...customClaims(options.customClaims ?? [], directory, family) };
    const jwt = sign(all, { typ: family.surface === "oidc" ? "at+jwt" : "JWT" });
    return { expiresAt: exp * 1000, jwt: named(jwt) };

    async function named(signing: Promise<string>): Promise<string> {
      const token = await signing;
      options.name(token, credentialLabel(credential), credential);
      return token;
    }
  };
}

function surfaceClaims(
  { origin, issuer, audience }: IssuerOptions,
  { surface, client }: Family,
  scope: string | null,
): Record<string, unknown> {
  if (surface === "oidc")
    return { iss: new URL(origin).origin, aud: client.id, client_id: client.id, ...(scope === null ? {} : { scope }) };
  return { iss: issuer, client_id: client.id, ...(audience === undefined ? {} : { aud: audience }) };
}

function organizationClaims(directory: Directory, { organizationId, session }: Family): Record<string, unknown> {
  if (organizationId === null) return {};
  const membership = directory.membership(session.user.id, organizationId);
  const { role, permissions } = membership ?? { role: "member", permissions: [] };
  return { org_id: organizationId, role, roles: [role], permissions };
}

function customClaims(wanted: readonly CustomClaim[], directory: Directory, { session: { user } }: Family): Record<string, unknown> {
  const own = directory.membershipsOf(user.id).flatMap(({ organizationId, role }) => {
    const organization = directory.organization(organizationId);
    return organization === undefined ? [] : [{ organization, role }];
  });
  const claims: Record<CustomClaim, () => unknown> = {
    email: () => user.email,
    organizations: () => own.map(({ organization: { id, slug, name }, role }) => ({ id, slug, name, role })),
    projects: () => own.flatMap(({ organization }) => organization.projects.map((one) => ({ ...one, organization_id: organization.id }))),
  };
  return Object.fromEntries(wanted.map((name) => [name, claims[name]()]));
}

// Unique by its place in the family, so equal places give equal ids in whatever order tokens were minted; random against other runs.
function jti({ family, generation, sibling }: Credential, random: Uint8Array): string {
  return `jti_${family}g${generation}s${sibling}_${Buffer.from(random).toString("hex")}`;
}
