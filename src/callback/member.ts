import type { Repository, Workspace, WorkspaceMember } from "../repository/repository.ts";
import { type Log, logged, type Refusal } from "./refusal.ts";
import { outageOf } from "./repository-fault.ts";
import type { VerifyToken } from "./token.ts";

/** Who reads. */
export type Reader =
  | { readonly kind: "member"; readonly member: WorkspaceMember; readonly workspace: Workspace }
  /** Signed in, and the callback has never been called: 403. */
  | { readonly kind: "not_a_member" }
  | Refusal;

export interface MemberLookupOptions {
  readonly verify: VerifyToken;
  /** Called on its own receiver. Only this is asked for, so a read cannot write. */
  readonly repository: Pick<Repository, "getWebMemberByWorkOsUserId">;
  readonly log: Log;
}

/**
 * Finds the member that a bearer token belongs to, and writes nothing: a read neither provisions nor counts as seen.
 *
 * @example
 * ```ts
 * const lookUp = createMemberLookup({ verify, repository, log });
 * const reader = await lookUp(request.headers.get("authorization"));
 * if (reader.kind === "member") show(reader.workspace);
 * ```
 */
export function createMemberLookup(options: MemberLookupOptions): (authorization: string | null) => Promise<Reader> {
  const { repository, log } = options;
  return async (authorization) => {
    const verdict = await options.verify(authorization);
    if (verdict.kind !== "accepted") return verdict;
    try {
      const found = await repository.getWebMemberByWorkOsUserId(verdict.token.userId);
      return found === null ? { kind: "not_a_member" } : { kind: "member", ...found };
    } catch (error) {
      const outage = outageOf(error);
      if (outage === null) throw error;
      return logged(log, outage);
    }
  };
}
