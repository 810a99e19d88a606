import { type CryptoKey, importJWK, SignJWT } from "jose";
import { type Credential, credentialLabel } from "../model/credential.ts";
import { HoldfastError } from "../model/error.ts";
import type { IssuerOptions, SigningKey } from "./options.ts";

const ALGORITHM = "RS256";

/**
 * Makes the function that mints RS256 access tokens with the claims of WorkOS: `iss, sub, sid, jti, iat, exp, client_id`, and
 * no `aud`, which production tokens do not carry either.
 *
 * The claims are settled in the call itself and only the signature is awaited, so a token belongs to the moment of its request
 * however late its signature comes.
 *
 * @param options its `keys[0]` signs; `accessTokenLifetime` in milliseconds
 * @returns a function from the credential to mint to its JWT
 * @throws {HoldfastError} `BAD_USAGE` without a key or with a lifetime below one second
 */
export function accessTokenMint(options: IssuerOptions): (credential: Credential) => Promise<string> {
  const { issuer, clientId, accessTokenLifetime } = options;
  const signer = options.keys[0];
  if (signer === undefined) {
    throw new HoldfastError("BAD_USAGE", "expected at least one signing key, got none", "pass `keys`, for instance from fixtures/keys");
  }
  if (!(accessTokenLifetime >= 1000)) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected an access-token lifetime of at least 1000 ms, got ${accessTokenLifetime}`,
      "`exp` counts whole seconds: pass milliseconds, not seconds",
    );
  }
  // Kept here and not in the module: one issuer must leave nothing to the next run in the same process.
  let imported: Promise<CryptoKey> | undefined;

  return async (credential) => {
    const now = options.now();
    const claims = { sid: credential.session, jti: jti(credential, options.randomBytes(8)), client_id: clientId };
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: signer.kid, typ: "JWT" })
      .setIssuer(issuer)
      .setSubject(credential.user)
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor((now + accessTokenLifetime) / 1000));
    imported ??= importSigningKey(signer);
    const jwt = await token.sign(await imported);
    options.name(jwt, credentialLabel(credential), credential);
    return jwt;
  };
}

/** The public half of the keys, as a key set for `GET /sso/jwks/{clientId}`. */
export function publicKeySet(keys: readonly SigningKey[]): { keys: Record<string, unknown>[] } {
  return { keys: keys.map(({ kid, privateJwk: { kty, n, e } }) => ({ kty, n, e, kid, alg: ALGORITHM, use: "sig" })) };
}

// Unique by its place in the family, so equal places give equal ids in whatever order tokens were minted; random against other runs.
function jti({ family, generation, sibling }: Credential, random: Uint8Array): string {
  return `jti_${family}g${generation}s${sibling}_${Buffer.from(random).toString("hex")}`;
}

async function importSigningKey({ privateJwk }: SigningKey): Promise<CryptoKey> {
  const key = await importJWK(privateJwk, ALGORITHM);
  if (key instanceof Uint8Array) {
    throw new HoldfastError("BAD_USAGE", "expected an RSA private key, got a symmetric one", "pass a JWK with kty RSA");
  }
  return key;
}
