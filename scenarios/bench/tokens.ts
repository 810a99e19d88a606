import { type CryptoKey, errors, importJWK, jwtVerify, SignJWT } from "jose";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { EXPIRED, NOW } from "./scenario.ts";

/** How the issuer makes access tokens and the isolate reads them. */
export interface Tokens {
  /** The access token that the loads carry. */
  readonly expired: string;
  /** @param expires seconds since the epoch */
  sign(expires: number): Promise<string>;
  /** True while it holds. Rejects for what the issuer never signed. */
  verify(token: string): Promise<boolean>;
}

/** Weight 2: tokens that only say when they end. */
export const opaqueTokens: Tokens = {
  expired: opaque(EXPIRED),
  sign: async (expires) => opaque(expires),
  async verify(token) {
    const [, expires] = token.split("~");
    return Number(expires) * 1000 > NOW;
  },
};

function opaque(expires: number): string {
  return `at_0123456789abcdef0123456789abcdef~${expires}`;
}

const ALGORITHM = "RS256";
const ISSUER = "https://issuer.test";
/** Given to jose, so that neither side's result hangs on a clock. */
const currentDate = new Date(NOW);

/** Weight 3: RS256 tokens, signed and verified by jose. The keys are imported once and serve every run, on both sides. */
export async function rs256Tokens(): Promise<Tokens> {
  const { kid, privateJwk } = signingKeys[0];
  const { kty, n, e } = privateJwk;
  const extractable = { extractable: true };
  const privateKey = (await importJWK(privateJwk, ALGORITHM, extractable)) as CryptoKey;
  const publicKey = (await importJWK({ kty, n, e }, ALGORITHM, extractable)) as CryptoKey;

  const sign = (expires: number): Promise<string> =>
    new SignJWT({ sid: "session_1", client_id: "client_bench" })
      .setProtectedHeader({ alg: ALGORITHM, kid, typ: "JWT" })
      .setIssuer(ISSUER)
      .setSubject("user_ada")
      .setIssuedAt(expires - 300)
      .setExpirationTime(expires)
      .sign(privateKey);

  return {
    expired: await sign(EXPIRED),
    sign,
    async verify(token) {
      try {
        await jwtVerify(token, publicKey, { algorithms: [ALGORITHM], issuer: ISSUER, currentDate });
        return true;
      } catch (error) {
        if (error instanceof errors.JWTExpired) return false;
        throw error;
      }
    },
  };
}
