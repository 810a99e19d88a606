import { CompactEncrypt, compactDecrypt } from "jose";

const ATTRIBUTES = "Path=/; HttpOnly; Secure; SameSite=Lax";

/** Cookies whose values nobody but the app can read: JSON, encrypted by a key that a password stands for. */
export interface SealedCookies {
  /** What a request's cookie holds; null where there is none, or none that can be opened. */
  read<T>(request: Request, name: string): Promise<T | null>;
  /** The `Set-Cookie` that keeps a value. */
  set(name: string, value: object): Promise<string>;
  /** The `Set-Cookie` that forgets it. */
  clear(name: string): string;
}

export function sealedCookies(password: string): SealedCookies {
  let made: Promise<CryptoKey> | null = null;
  const key = () => {
    made ??= keyOf(password);
    return made;
  };
  return {
    async read<T>(request: Request, name: string) {
      const pair = (request.headers.get("cookie") ?? "").split("; ").find((part) => part.startsWith(`${name}=`));
      if (pair === undefined) return null;
      try {
        const { plaintext } = await compactDecrypt(pair.slice(name.length + 1), await key());
        return JSON.parse(new TextDecoder().decode(plaintext)) as T;
      } catch {
        return null;
      }
    },
    async set(name, value) {
      const sealing = new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)));
      const sealed = await sealing.setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(await key());
      return `${name}=${sealed}; ${ATTRIBUTES}`;
    },
    clear: (name) => `${name}=; ${ATTRIBUTES}; Max-Age=0`,
  };
}

async function keyOf(password: string): Promise<CryptoKey> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(password));
  return crypto.subtle.importKey("raw", digest, "AES-GCM", false, ["encrypt", "decrypt"]);
}
