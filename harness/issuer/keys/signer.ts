import type { CryptoKey, JWTPayload } from "jose";
import { SignJWT } from "jose/jwt/sign";
import { importJWK } from "jose/key/import";
import { HoldfastError } from "../../model/error.ts";
import type { Rs256, SigningKey } from "../options.ts";
import type { KeyRing } from "./key-ring.ts";

/** Signs claims with the key that signs at the moment of the call. */
export type Sign = (claims: JWTPayload, header: { readonly typ: string }) => Promise<string>;

/**
 * Signs RS256 JWTs with the keys of a ring.
 *
 * @param rs256 computes signatures; WebCrypto does unless given
 */
export function createSigner(keys: KeyRing, rs256?: Rs256): Sign {
  return rs256 === undefined ? webCryptoSigner(keys) : signerBy(keys, rs256);
}

function signerBy(keys: KeyRing, rs256: Rs256): Sign {
  return async (claims, { typ }) => {
    const signer = keys.signer();
    const data = `${base64url({ alg: "RS256", kid: signer.kid, typ })}.${base64url(claims)}`;
    return `${data}.${Buffer.from(await rs256(data, signer)).toString("base64url")}`;
  };
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function webCryptoSigner(keys: KeyRing): Sign {
  // Kept here and not in the module: one issuer must leave nothing to the next run in the same process.
  const imported = new WeakMap<SigningKey, Promise<CryptoKey>>();

  return async (claims, { typ }) => {
    const signer = keys.signer();
    const token = new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: signer.kid, typ });
    let key = imported.get(signer);
    if (key === undefined) {
      key = importSigningKey(signer);
      imported.set(signer, key);
    }
    return token.sign(await key);
  };
}

async function importSigningKey({ privateJwk }: SigningKey): Promise<CryptoKey> {
  const key = await importJWK(privateJwk, "RS256");
  if (key instanceof Uint8Array) {
    throw new HoldfastError("BAD_USAGE", "expected an RSA private key, got a symmetric one", "pass a JWK with kty RSA");
  }
  return key;
}
