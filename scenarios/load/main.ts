import { parseArgs } from "node:util";
import { createDatabase } from "../../harness/lanes/postgres/create-database.ts";
import { openServer } from "../../harness/lanes/postgres/open-server.ts";
import { load } from "./load.ts";
import { latencies } from "./percentiles.ts";
import { shortfalls } from "./verdict.ts";

/** `npm run load`: exits 1 when a count is not exact. */
const { values } = parseArgs({
  options: {
    users: { type: "string", default: "1000" },
    callbacks: { type: "string", default: "10000" },
    connections: { type: "string", default: "64" },
  },
});
const size = { users: Number(values.users), callbacks: Number(values.callbacks), connections: Number(values.connections) };
if (!Object.values(size).every((number) => Number.isInteger(number) && number > 0) || size.callbacks < size.users) {
  process.stderr.write("expected whole numbers above 0, and at least as many callbacks as users\n");
  process.exit(2);
}
const server = await openServer();
try {
  const database = await createDatabase(server.address);
  const began = performance.now();
  const report = await load(server, database, size).finally(() => database.drop());
  const seconds = (performance.now() - began) / 1_000;
  const { stored, retries, restarts, secrets, dumped } = report;
  const words = (number: number) => number.toLocaleString("en");
  console.log(`${server.address.origin}
${words(size.callbacks)} callbacks of ${words(size.users)} users over ${size.connections} connections in ${seconds.toFixed(1)} s;
${restarts} ${server.restart === null ? "times all connections were ended" : "restarts of the server"}, ${words(retries)} retries

stored: ${words(stored.users)} users, ${words(stored.workspaces)} workspaces, ${words(stored.members)} members, ${words(stored.keys)} default keys,
        ${words(stored.events)} events, ${words(stored.records)} idempotency records, ${stored.inFlight} of them in flight
secrets: ${words(secrets)} handed out, ${report.exposed} in a dump of ${words(dumped)} characters
`);
  for (const [kind, sample] of Object.entries(report.latencies)) {
    console.log(`${kind.padEnd(6)}  ${words(sample.length).padStart(6)}  ${latencies(sample)}`);
  }
  const short = shortfalls(report, size);
  console.log(short.length === 0 ? "\nevery count is exact" : `\n${short.join("\n")}`);
  process.exitCode = short.length === 0 ? 0 : 1;
} finally {
  await server.stop();
}
