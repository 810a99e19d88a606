import type { Transaction } from "kysely";
import type pg from "pg";
import { fromKysely, PgBoss } from "pg-boss";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/** Where pg-boss keeps its tables, apart from ours and from an application's own queues. */
export const SCHEMA = "holdfast_jobs";
/** A worker gives a sign of life every so many seconds; without one for {@link PATIENCE} its job goes to another. The least that pg-boss takes. */
const PATIENCE = 10;
export const HEARTBEAT = 3;
/** A job whose worker has vanished is tried again that often: nobody can say that it was the job's doing. */
const RETRIES = 1_000;
/** Seconds for which a job may run, however alive its worker is. */
const LONGEST = 24 * 3_600;
/** Seconds between two looks for jobs whose workers have vanished. */
const SUPERVISION = 2;

/** A job that a worker holds; it is another one once it has been retried. */
export interface Held {
  readonly id: string;
  readonly retryCount: number;
}

/** The queues of campaigns, one each. */
export class Queue {
  readonly #boss: PgBoss;

  private constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  /**
   * @param supervises whether this process looks after jobs whose workers have vanished
   * @param onError hears of what goes wrong beside what was asked
   */
  static async open({ pool }: Database, supervises: boolean, onError: (error: Error) => void = () => {}): Promise<Queue> {
    const boss = new PgBoss({
      ...{ db: executing(pool), schema: SCHEMA, schedule: false, supervise: supervises, registerInstance: false },
      ...{ superviseIntervalSeconds: SUPERVISION, monitorIntervalSeconds: SUPERVISION, reindex: false, monitorVacuum: false },
    });
    boss.on("error", onError);
    await boss.start();
    return new Queue(boss);
  }

  create(campaign: number): Promise<void> {
    return this.#boss.createQueue(nameOf(campaign), {
      ...{ heartbeatSeconds: PATIENCE, retryLimit: RETRIES, retryDelay: 0, expireInSeconds: LONGEST },
      // A campaign may wait for its machines, and what came of it stands in its own tables.
      ...{ retentionSeconds: 365 * 86_400, deleteAfterSeconds: 86_400 },
    });
  }

  /** Adds jobs, in the order in which they are to be done, when the transaction is committed. */
  async add(campaign: number, ids: readonly string[], transaction: Transaction<Tables>): Promise<void> {
    await this.#boss.insert(
      nameOf(campaign),
      ids.map((id) => ({ id, data: {} })),
      { db: fromKysely(transaction) },
    );
  }

  /** The next job; null while there is none. */
  async take(campaign: number): Promise<Held | null> {
    const [job] = await this.#boss.fetch(nameOf(campaign), { includeMetadata: true });
    return job === undefined ? null : { id: job.id, retryCount: job.retryCount };
  }

  /** Says that its worker is alive. */
  async touch(campaign: number, job: Held): Promise<void> {
    await this.#boss.touch(nameOf(campaign), held(job));
  }

  /** It is done, when the transaction is committed. */
  async complete(campaign: number, job: Held, transaction: Transaction<Tables>): Promise<void> {
    await this.#boss.complete(nameOf(campaign), held(job), null, { db: fromKysely(transaction) });
  }

  /**
   * Somebody else shall do it, when the transaction is committed.
   *
   * @returns whether it was still ours
   */
  async giveBack(campaign: number, job: Held, transaction: Transaction<Tables>): Promise<boolean> {
    // Its type does not say so, its documentation does.
    const { affected } = (await this.#boss.fail(nameOf(campaign), held(job), null, {
      db: fromKysely(transaction),
    })) as { readonly affected: number };
    return affected > 0;
  }

  close(): Promise<void> {
    return this.#boss.stop({ graceful: false, close: false });
  }
}

function nameOf(campaign: number): string {
  return `campaign-${campaign}`;
}

function held({ id, retryCount }: Held): Held {
  return { id, retryCount };
}

function executing(pool: pg.Pool) {
  return { executeSql: async (text: string, values?: unknown[]) => pool.query(text, values) };
}
