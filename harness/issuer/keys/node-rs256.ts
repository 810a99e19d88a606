import { createPrivateKey, generateKeyPair, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { Rs256, SigningKey } from "../options.ts";

const onPool = promisify(sign);

/**
 * RS256 by node:crypto. A signature that nothing competes with is made at once, for a hop to the thread pool costs more than it
 * gives then; those that come together, or while the pool is at work, go to the pool, so that all cores sign. Not for the
 * simulation, where nothing may complete by itself.
 */
export function nodeRs256(): Rs256 {
  const keys = new WeakMap<SigningKey, KeyObject>();
  let together = 0;
  let onThreads = 0;

  function keyOf(signer: SigningKey): KeyObject {
    let key = keys.get(signer);
    if (key === undefined) {
      key = createPrivateKey({ key: { ...signer.privateJwk }, format: "jwk" });
      keys.set(signer, key);
    }
    return key;
  }

  return async (data, signer) => {
    const key = keyOf(signer);
    const bytes = Buffer.from(data);
    together++;
    // Whatever else has arrived in this turn of the event loop has said so by then.
    await new Promise(setImmediate);
    const alone = together === 1 && onThreads === 0;
    if (alone) {
      together--;
      return sign("sha256", bytes, key);
    }
    onThreads++;
    try {
      return await onPool("sha256", bytes, key);
    } finally {
      together--;
      onThreads--;
    }
  };
}

/** A new RSA-2048 key, called `kid`. Takes some 100 ms, on the thread pool. */
export async function newSigningKey(kid: string): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { kid, privateJwk: privateKey.export({ format: "jwk" }) as JWK };
}
