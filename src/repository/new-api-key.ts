import { hex, newSecret } from "./api-key-secret.ts";
import type { RepositoryPorts } from "./ports.ts";
import type { ApiKey } from "./repository.ts";
import type { StoredApiKey } from "./store.ts";

/** What a new key is for. */
interface ApiKeyTerms {
  readonly workspaceId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly isDefault: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** @returns A key as it is stored, and its secret, which is not. */
export async function newApiKey(ports: RepositoryPorts, terms: ApiKeyTerms): Promise<{ apiKey: StoredApiKey; secret: string }> {
  const { workspaceId, name, scopes, isDefault, now } = terms;
  const { secret, ...stored } = await newSecret(ports.peppers, ports.randomBytes);
  const id = `key_${hex(ports.randomBytes(16))}`;
  return { apiKey: { id, workspaceId, name, scopes, ...stored, isDefault, createdAt: now, revokedAt: null }, secret };
}

/** The key that a first sign-in is given. */
export function defaultApiKey(ports: RepositoryPorts, workspaceId: string, now: number): Promise<{ apiKey: StoredApiKey; secret: string }> {
  return newApiKey(ports, { workspaceId, name: "Default", scopes: ["publish", "read"], isDefault: true, now });
}

/** What a caller may see of a stored key. */
export function publicPart({ id, workspaceId, name, scopes, prefix, createdAt, revokedAt }: ApiKey): ApiKey {
  return { id, workspaceId, name, scopes, prefix, createdAt, revokedAt };
}
