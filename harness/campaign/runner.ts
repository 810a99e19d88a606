import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { moduleBeside } from "../model/beside.ts";
import type { CampaignCode } from "../model/campaign.ts";
import type { CellSpec } from "../model/cell.ts";
import { type ErrorCode, HoldfastError } from "../model/error.ts";
import { guarded } from "../model/watchdog.ts";
import type { FromChild, ToChild, Works } from "./child.ts";
import type { JobOrder, JobOutcome } from "./run-job.ts";

const CHILD = fileURLToPath(moduleBeside(import.meta.url, "child"));

/** The process that was asked has ended before it answered, or has shown no sign of life for too long. */
export class JobDied extends Error {}

/**
 * Runs jobs in a process of its own, one at a time: a job that kills or hangs its process leaves this one to say so. The process is
 * started with the first job, and anew after one has died.
 */
export class Runner {
  readonly #code: CampaignCode;
  #child: ChildProcess | null = null;

  /** @param code what may run: a process of other code, which is what a change on the disk makes of the next one, refuses */
  constructor(code: CampaignCode) {
    this.#code = code;
  }

  /**
   * @param signal asks for what has been done so far
   * @throws JobDied where there is nobody left to answer; HoldfastError for what the job names and there is not, and for other code
   */
  run(order: JobOrder, signal: AbortSignal): Promise<JobOutcome> {
    return this.#ask("job", order, signal);
  }

  /** How many milliseconds one schedule of a cell takes. Throws as {@link run} does. */
  pace(spec: CellSpec): Promise<number> {
    return this.#ask("pace", spec, new AbortController().signal);
  }

  async #ask<N extends keyof Works>(say: N, order: Works[N]["order"], signal: AbortSignal): Promise<Works[N]["answer"]> {
    const child = await this.#started();
    const stop = () => child.send({ say: "stop" } satisfies ToChild, () => {});
    signal.addEventListener("abort", stop);
    const asked = { say, code: this.#code, order } as ToChild;
    try {
      return await guarded(`a ${say}`, (alive) => answerOf(child, asked, signal, alive));
    } catch (error) {
      // Whatever it is in, it is of no more use.
      if (!(error instanceof HoldfastError) || error.code === "STEP_LIMIT") this.#kill();
      if (error instanceof HoldfastError && error.code === "STEP_LIMIT") throw new JobDied(error.message);
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  }

  async #started(): Promise<ChildProcess> {
    if (this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null) return this.#child;
    const child = fork(CHILD, {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: withoutDatabase(process.env),
    });
    this.#child = child;
    // Its first message says that it listens.
    await Promise.race([once(child, "message"), once(child, "exit")]);
    return child;
  }

  #kill(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }
}

/** The campaign's database is nothing for the code that is being searched. */
function withoutDatabase(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name !== "DATABASE_URL" && !name.startsWith("PG")));
}

function answerOf<T>(child: ChildProcess, asked: ToChild, signal: AbortSignal, alive: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const heard = (message: FromChild) => {
      alive();
      if (message.say === "alive") return;
      leave();
      if (message.say === "done") resolve(message.answer as T);
      else reject(new HoldfastError(message.code as ErrorCode, message.message, message.hint));
    };
    const ended = (code: number | null, killer: string | null) => {
      leave();
      reject(new JobDied(killer === null ? `its process ended with status ${code}` : `its process was ended by ${killer}`));
    };
    const leave = () => {
      child.off("message", heard);
      child.off("exit", ended);
    };
    child.on("message", heard);
    child.on("exit", ended);
    if (child.exitCode !== null || child.signalCode !== null) return ended(child.exitCode, child.signalCode);
    child.send(asked, (error) => {
      // That it cannot be reached is told by its end.
      if (error === null && signal.aborted) child.send({ say: "stop" } satisfies ToChild, () => {});
    });
  });
}
