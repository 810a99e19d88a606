import { base64url } from "jose";
import { checkMoment, checkText, invalid } from "./check.ts";
import type { Artifact, Page } from "./repository.ts";
import { RepositoryError } from "./repository.ts";
import type { ArtifactPosition, Store } from "./store.ts";

/** Artifacts. More would make one request slow for everybody. */
const MAX_LIMIT = 100;

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * One page of a workspace's artifacts, newest first, by keyset: what is added or removed meanwhile neither repeats nor hides another.
 *
 * @throws RepositoryError `invalid_argument` when the limit is not 1 to 100 or the cursor is not one of ours.
 */
export async function listArtifacts(
  store: Store,
  request: { readonly workspaceId: string; readonly cursor: string | null; readonly limit: number },
): Promise<Page<Artifact>> {
  const { workspaceId, cursor, limit } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalid(`expected a limit of 1 to ${MAX_LIMIT}, got ${limit}`);
  }
  const after = cursor === null ? null : decode(cursor);
  checkText("workspaceId", workspaceId);
  // One more than asked for tells whether there is a next page.
  const found = await store.listArtifacts({ workspaceId, after, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? encode(last) : null };
}

function encode({ createdAt, id }: ArtifactPosition): string {
  return base64url.encode(JSON.stringify([createdAt, id]));
}

function decode(cursor: string): ArtifactPosition {
  try {
    const [createdAt, id] = JSON.parse(decoder.decode(base64url.decode(cursor)));
    checkMoment("createdAt", createdAt);
    checkText("id", id);
    return { createdAt, id };
  } catch (error) {
    throw new RepositoryError(
      "invalid_argument",
      "expected the nextCursor of an earlier page, got something else: begin without a cursor",
      null,
      {
        cause: error,
      },
    );
  }
}
