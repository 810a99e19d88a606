import { type ChildProcess, spawn } from "node:child_process";
import { HoldfastError } from "../../model/error.ts";
import { exchange } from "./http.ts";

/** Lines of an instance's output that an error quotes. */
const QUOTED = 6;
/** Milliseconds between two looks at whether it answers, and for which a look waits: a server that has just begun may drop what comes early. */
const LOOK_EVERY = 50;
const LOOK = 2_000;
/** Milliseconds that it has to end when it is asked to. */
const PATIENCE = 3_000;

/** How an instance is started. */
export interface InstanceOptions {
  /** For errors: `instance 2`. */
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** Milliseconds. */
  readonly readyWithin: number;
  /** What it is asked for to see whether it answers, whatever it answers. */
  readonly readyPath: string;
}

/** One process of the app. */
export interface Instance {
  readonly pid: number | undefined;
  /** Resolves when it answers. */
  readonly ready: Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Asks it to end, and ends it if it does not. */
  stop(): Promise<void>;
  /** What stays behind when this process ends in haste. */
  abandon(): void;
}

/**
 * Starts one process of the app, in a process group of its own, so that what it starts in turn ends with it.
 *
 * @param signal gives up waiting for it
 */
export function startInstance(options: InstanceOptions, signal: AbortSignal): Instance {
  const { name, command, cwd, env, port } = options;
  const [program = "", ...rest] = command;
  const output: string[] = [];
  const child = spawn(program, rest, { cwd, env: { ...process.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output.push(...text.split("\n").filter((line) => line.trim() !== ""));
      output.splice(0, output.length - 40);
    });
  }
  let failed: Error | null = null;
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      failed = error;
      resolve();
    });
    child.once("close", () => resolve());
  });

  async function untilReady(): Promise<void> {
    const deadline = performance.now() + options.readyWithin;
    while (performance.now() < deadline) {
      signal.throwIfAborted();
      if (failed !== null) throw notReady(`it could not be started: ${failed.message}`, []);
      if (hasEnded(child)) throw notReady(`it ended with ${endOf(child)}`, output);
      const url = `http://127.0.0.1:${port}${options.readyPath}`;
      const { answer } = exchange({ method: "GET", url, headers: [], body: null }, signal, LOOK);
      if ((await answer) !== null) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    throw notReady(`nothing answered at port ${port} within ${options.readyWithin / 1000} s`, output);
  }

  function notReady(what: string, lines: readonly string[]): HoldfastError {
    const quoted = lines
      .slice(-QUOTED)
      .map((line) => `\n    ${line}`)
      .join("");
    return new HoldfastError(
      "BAD_USAGE",
      `expected ${name} of the app to answer, but ${what}${quoted}`,
      `see what \`${command.join(" ")}\` says; it must listen at 127.0.0.1 and the port in PORT`,
    );
  }

  const ready = untilReady();
  // Somebody may stop before anybody waits for it.
  ready.catch(() => {});
  return {
    pid: child.pid,
    ready,
    async kill() {
      signalGroup(child, "SIGKILL");
      await ended;
    },
    async stop() {
      signalGroup(child, "SIGTERM");
      const timer = setTimeout(() => signalGroup(child, "SIGKILL"), PATIENCE);
      await ended;
      clearTimeout(timer);
      // The program itself has ended; what it has started may not have.
      signalGroup(child, "SIGKILL");
    },
    abandon: () => signalGroup(child, "SIGKILL"),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function endOf({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null ? `exit status ${exitCode}` : `signal ${signalCode}`;
}

/** Its whole group, which has its number; nobody is left there when this fails. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}
