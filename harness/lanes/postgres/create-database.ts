import { randomBytes } from "node:crypto";
import pg from "pg";
import type { ServerAddress } from "./server.ts";

/** A database of a run's own. */
export interface OwnDatabase {
  readonly url: string;
  /** Takes it away, and ends whoever is still connected. */
  drop(): Promise<void>;
}

/** @throws the driver's error when the server cannot be reached or its user may not create databases. */
export async function createDatabase(address: ServerAddress): Promise<OwnDatabase> {
  const name = `holdfast_${randomBytes(6).toString("hex")}`;
  await asAdmin(address, `create database ${name}`);
  return {
    url: Object.assign(new URL(address.url), { pathname: `/${name}` }).href,
    drop: () => asAdmin(address, `drop database ${name} with (force)`),
  };
}

async function asAdmin({ url }: ServerAddress, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(statement).finally(() => admin.end());
}
