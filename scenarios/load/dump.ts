import type pg from "pg";

/** Everything in every table, as text: what a backup has. */
export async function dump(pool: pg.Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1",
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select each::text as row from ${name} each`);
    parts.push(name, ...rows.map(({ row }) => row));
  }
  return parts.join("\n");
}

/** How many of these secrets stand in a dump, as they are or by their bytes. */
export function exposed(text: string, secrets: Iterable<string>): number {
  let count = 0;
  for (const secret of secrets) {
    const bytes = Buffer.from(secret);
    if ([secret, bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")].some((form) => text.includes(form))) count++;
  }
  return count;
}
