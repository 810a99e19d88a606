import type { Generated } from "kysely";

/** The tables, column by column, as the migrations leave them. Moments are `timestamptz(3)`: milliseconds, as in the interface. */
export interface Schema {
  readonly workspaces: {
    readonly id: string;
    readonly name: string;
    /** The WorkOS user whose first sign-in made it. Unique: provision-once rests on it. */
    readonly provisioned_for: string;
    readonly created_at: Date;
  };
  readonly workspace_members: {
    readonly id: string;
    readonly workspace_id: string;
    /** Unique: provision-once rests on it, and concurrent first sign-ins wait for each other at it. */
    readonly workos_user_id: string;
    readonly email: string;
    readonly scopes: readonly string[];
    readonly created_at: Date;
    readonly last_seen_at: Date;
  };
  readonly api_keys: {
    readonly id: string;
    readonly workspace_id: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly prefix: string;
    readonly secret_mac: string;
    readonly pepper_version: string;
    /** At most one a workspace. */
    readonly is_default: boolean;
    readonly created_at: Date;
    readonly revoked_at: Date | null;
  };
  readonly artifacts: {
    readonly id: string;
    readonly workspace_id: string;
    readonly name: string;
    readonly created_at: Date;
  };
  /** Unique by type and subject: nothing happens to the same thing twice. */
  readonly events: {
    readonly id: Generated<string>;
    readonly type: string;
    readonly workspace_id: string;
    readonly subject_id: string;
    readonly created_at: Date;
  };
  readonly idempotency_records: {
    readonly key: string;
    readonly subject: string;
    /** Null between claim and completion, which are one transaction: no committed row has it. */
    readonly result: string | null;
    readonly sealed_secret: string | null;
    readonly secret_expires_at: Date | null;
    readonly expires_at: Date;
  };
}
