import { createPrivateKey, generateKeyPair, type KeyObject, sign } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { Rs256, SigningKey } from "../options.ts";

const onPool = promisify(sign);

/** Threads that sign beside this one: a core each, of the four threads that libuv has. */
const THREADS = Math.min(4, Math.max(1, availableParallelism() - 1));

interface Wanted {
  readonly bytes: Buffer;
  readonly key: KeyObject;
  resolve(signature: Buffer | Promise<Buffer>): void;
  reject(error: unknown): void;
}

/**
 * RS256 by node:crypto. A signature that is wanted alone is made at once, for a hop to the thread pool costs more than it gives then.
 * Of those that are wanted together the pool has as many as it has threads, and this thread makes the others, one in each turn of the
 * event loop: so all cores sign, and where other processes have the cores, nobody waits for a thread that never comes to run. Not for
 * the simulation, where nothing may complete by itself.
 */
export function nodeRs256(): Rs256 {
  const keys = new WeakMap<SigningKey, KeyObject>();
  const wanted: Wanted[] = [];
  let onThreads = 0;

  function keyOf(signer: SigningKey): KeyObject {
    let key = keys.get(signer);
    if (key === undefined) {
      key = createPrivateKey({ key: { ...signer.privateJwk }, format: "jwk" });
      keys.set(signer, key);
    }
    return key;
  }

  /** Whatever else has arrived in this turn of the event loop has said so by then. */
  function work(): void {
    while (wanted.length > 1 && onThreads < THREADS) signOnThread(wanted.shift() as Wanted);
    const one = wanted.shift();
    if (wanted.length > 0) setImmediate(work);
    if (one !== undefined) signHere(one);
  }

  function signHere({ bytes, key, resolve, reject }: Wanted): void {
    try {
      resolve(sign("sha256", bytes, key));
    } catch (error) {
      reject(error);
    }
  }

  function signOnThread({ bytes, key, resolve }: Wanted): void {
    onThreads++;
    resolve(onPool("sha256", bytes, key).finally(() => onThreads--));
  }

  return (data, signer) =>
    new Promise((resolve, reject) => {
      if (wanted.push({ bytes: Buffer.from(data), key: keyOf(signer), resolve, reject }) === 1) setImmediate(work);
    });
}

/** A new RSA-2048 key, called `kid`. Takes some 100 ms, on the thread pool. */
export async function newSigningKey(kid: string): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { kid, privateJwk: privateKey.export({ format: "jwk" }) as JWK };
}
