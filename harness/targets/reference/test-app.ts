import { systemPorts } from "../../../src/app/system-ports.ts";
import type { IssuerSettings } from "../../model/target.ts";
import { startReferenceApp } from "./app.ts";

/** A clock that a test moves; the issuer goes by it, too. */
interface SharedClock {
  now(): number;
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  advance(ms: number): void;
}

/** The reference app of one test. */
export interface TestApp {
  readonly origin: string;
  advance(ms: number): void;
  close(): Promise<void>;
}

/** Starts the reference app on a free port, in memory, with the issuer's keys of now, and with a clock that can be moved. */
export async function startTestApp(issuer: IssuerSettings, clock: SharedClock): Promise<TestApp> {
  const { now, wait } = clock;
  const app = await startReferenceApp(issuer, { port: 0, environment: {}, log: () => {}, ports: { ...systemPorts(), now, wait } });
  return { origin: app.origin, advance: (ms) => clock.advance(ms), close: () => app.close() };
}
