import type { Pool } from "./pool.ts";

/** A pool through which `onQuery` sees every text that goes to the server, and may wait or throw before it goes. */
export function watchedPool(pool: Pool, onQuery: (text: string) => Promise<void> | void): Pool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      return {
        async query(text, values) {
          await onQuery(text);
          return client.query(text, values);
        },
        release: (destroy) => client.release(destroy),
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
      };
    },
  };
}

/** The first words of a statement: `begin`, `insert into idempotency_records`, … */
export function gist(text: string): string {
  return (
    /^(with "\w+"|insert into "\w+"|update "\w+"|delete from "\w+"|select|begin|commit|rollback)/.exec(text)?.[0].replaceAll('"', "") ??
    text
  );
}
