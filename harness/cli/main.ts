import { availableParallelism } from "node:os";
import { Command, CommanderError } from "commander";
import { GRANULARITIES, LANES } from "../model/cell.ts";
import { HoldfastError } from "../model/error.ts";
import type { ExitStatus } from "./exit-status.ts";
import { assertNpmKeptNothing } from "./npm-flags.ts";
import { httpOrigin, listOf, longBearer, namesOf, oneOf, shardOption, wholeNumber } from "./options.ts";

// A command is loaded when it is asked for: what one needs, the others need not wait for.

/** Reads the command line, runs the command and returns the exit status. Prints one clear error for bad usage. */
async function main(argv: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = new Command("holdfast")
    .description("Runs real auth code in a deterministic world, tries orders of events, and shows the one that signs somebody out.")
    .exitOverride()
    .showHelpAfterError("(holdfast --help shows what there is)");

  program
    .command("run")
    .description("run the default cells, or the cells that the arguments describe")
    .argument("[scenario...]", "scenarios by name; all of them when left out")
    .option("--target <name>", "a built-in target, or the path of a target module (default: reference)")
    .option("--profile <name>", "one issuer profile: a rotation policy (default: all of them)")
    .option("--strategy <name>", "a refresh strategy of the target (default: its first)")
    .option("--isolates <n>", "instances of the target (default: the scenario's, 1)", wholeNumber(1, 64))
    .option("--loads <n>", "concurrent page loads (default: the scenario's, 8)", wholeNumber(1, 1_000))
    .option(
      "--page <kind>",
      "request: a page is one request; document: a document and its fetches (default: request)",
      oneOf("request", "document"),
    )
    .option("--faults <list>", "faults that may happen in the race, as in issuer-503:2,browser-response-lost")
    .option("--time-steps <n>", "how often time may pass while something is in flight (default: 0)", wholeNumber(0, 10_000))
    .option(
      "--crypto <kind>",
      "inline: within the step; ordered: each result a step, in the order asked for; interleaved: in any order " +
        "(default: interleaved; exhaustive: ordered up to 3 loads, inline beyond; inline where a target makes many calls)",
      oneOf(...GRANULARITIES),
    )
    .option("--explore <name>", "how schedules are searched: `holdfast list` says what there is (default: portfolio)")
    .option("--schedules <n>", "how many schedules a cell may run (default: 500; exhaustive: 1,000,000)", wholeNumber(1, 100_000_000))
    .option(
      "--lane <name>",
      "where the scenario runs: simulation; postgres: on a real server, whose statements are steps (default: simulation)",
      oneOf(...LANES),
    )
    .option("--shard <i/n>", "run the i-th of n pieces of all this, for `holdfast merge` to join with the others", shardOption)
    .option("--seed <n>", "seed of the search", wholeNumber(0, 2 ** 31 - 1), 1)
    .option("--jobs <n>", "worker threads", wholeNumber(1, 256), availableParallelism())
    .option("--json <file>", "also write the results as JSON; - is the standard output")
    .option("--junit <file>", "also write the results as JUnit XML; - is the standard output")
    .option(
      "--report <dir>",
      "where the report goes (default: reports/latest or reports/postgres for the default cells, reports/chosen for others, " +
        "reports/shard-<i>-of-<n> for a shard)",
    )
    .option("--no-shrink", "show counterexamples as they were found, and not made small")
    .option("--corpus <dir>", "recorded traces to play first (default: fixtures/traces, where there is such a folder)")
    .option("--record", "keep what was found there")
    .action(async (scenarios: string[], options) => {
      const { run } = await import("./run.ts");
      status = await run(scenarios, options);
    });

  program
    .command("merge")
    .description("join the shards of a run, and make of them what the run itself would have made")
    .argument("<shards...>", "the folders that `holdfast run --shard` has written")
    .option("--json <file>", "also write the results as JSON; - is the standard output")
    .option("--junit <file>", "also write the results as JUnit XML; - is the standard output")
    .option("--report <dir>", "where the report goes (default: where the run itself would have written it)")
    .option("--corpus <dir>", "where --record keeps recorded traces (default: fixtures/traces)")
    .option("--record", "keep what was found there")
    .action(async (shards: string[], options) => {
      const { merge } = await import("./merge.ts");
      status = await merge(shards, options);
    });

  program
    .command("replay")
    .description("run one recorded counterexample again and print its trace")
    .argument("<file-or-string>", "a replay string, a file with one, or the JSON of a run")
    .option("--step", "go through it step by step, with how things stand after each")
    .option("--record", "write down in the file of a recorded trace what it comes to now")
    .option("--json <file>", "also write the result as JSON; - is the standard output")
    .action(async (recorded: string, options) => {
      const { replayOne } = await import("./replay.ts");
      status = await replayOne(recorded, options);
    });

  program
    .command("verify")
    .description(
      "put a running app through the plan: its sign-in, races at expiry, outages, key rotation, logout and theft, seen from outside",
    )
    .option("--config <file>", "what there is to know of the app", "holdfast.config.ts")
    .option("--only <list>", "items of the plan by name, as in race,outage (default: all of them)", namesOf)
    .option("--profile <name>", "the issuer's rotation policy (default: the configuration's, or workos)")
    .option("--json <file>", "also write the results as JSON; - is the standard output")
    .option("--junit <file>", "also write the results as JUnit XML; - is the standard output")
    .option("--html <file>", "also write the page of the report alone to a file")
    .option("--report <dir>", "where the report goes", "reports/verify")
    .action(async (options) => {
      const { verify } = await import("./verify.ts");
      status = await verify(options);
    });

  program
    .command("gate")
    .description("compare what runs have written with a baseline, and fail where something is worse")
    .argument("[results...]", "files of `run --json`, `matrix --json` and `catalogue --json` (default: reports/latest/report.json)")
    .requiredOption("--baseline <file>", "what it was: a file that --update has written")
    .option("--update", "make these results the baseline")
    .option("--json <file>", "also write the comparison as JSON; - is the standard output")
    .action(async (results: string[], options) => {
      const { gate } = await import("./gate.ts");
      status = await gate(results, options);
    });

  program
    .command("measure")
    .description("play people's days in a world where everything takes its time, and say how often they were signed out for no reason")
    .argument("[scenario]", "a timed scenario by name (default: session-days)")
    .option("--target <name>", "a built-in target, or the path of a target module", "reference")
    .option("--strategy <list>", "refresh strategies of the target (default: all of them)", namesOf)
    .option("--profile <list>", "issuer profiles: rotation policies", namesOf, ["workos", "better-auth", "zitadel", "logto"])
    .option("--isolates <n>", "instances of the target, which take turns", wholeNumber(1, 64), 2)
    .option(
      "--page <kind>",
      "request: a page is one request; document: a document and its fetches",
      oneOf("request", "document"),
      "document",
    )
    .option("--access-token-lifetime <seconds>", "one or several, as in 300,1800", listOf(wholeNumber(1, 86_400)), [300])
    .option("--latency <list>", "median/p99 in ms of a hop, one way, as in browser=40/400,issuer=60/600,store=1/10,crypto=0", "")
    .option("--people <n>", "how many live these days, two in each world", wholeNumber(2, 100_000), 20)
    .option("--days <n>", "how many days each lives", wholeNumber(1, 366), 5)
    .option("--seed <n>", "seed of people's days and of every delay", wholeNumber(0, 2 ** 31 - 1), 1)
    .option("--jobs <n>", "worker threads", wholeNumber(1, 256), availableParallelism())
    .option("--json <file>", "also write the results as JSON; - is the standard output")
    .action(async (scenario: string | undefined, options) => {
      const { measure } = await import("./measure.ts");
      status = await measure(scenario, options);
    });

  program
    .command("catalogue")
    .description("look for every known bug, each by the invariant that must find it, and for false alarms in what is correct")
    .option("--only <list>", "known bugs by number or name, as in 07,33-parallel-loads (default: all, and the reference)", namesOf)
    .option("--search <n>", "how many schedules a bug may take to be found", wholeNumber(1, 100_000_000), 2_000)
    .option("--schedules <n>", "how many schedules all correct variants run together", wholeNumber(1, 100_000_000), 100_000)
    .option("--seed <n>", "seed of the search", wholeNumber(0, 2 ** 31 - 1), 1)
    .option("--jobs <n>", "worker threads", wholeNumber(1, 256), availableParallelism())
    .option("--json <file>", "also write the results as JSON; - is the standard output")
    .action(async (options) => {
      const { catalogue } = await import("./catalogue.ts");
      status = await catalogue(options);
    });

  program
    .command("matrix")
    .description("what clients are worth under every issuer, whatever goes wrong: each cell in every order of events")
    .option("--target <list>", "built-in targets, or paths of target modules (default: all built-in ones that are installed)", namesOf)
    .option("--profile <list>", "issuer profiles: rotation policies (default: all of them)", namesOf)
    .option("--faults <list>", "what may go wrong, as in none,issuer-503,time-passes (default: each fault, nothing, and time)", namesOf)
    .option("--crypto <kind>", "as `holdfast run` takes it", oneOf(...GRANULARITIES), "inline")
    .option("--schedules <n>", "how many schedules a cell may run (default: 300)", wholeNumber(1, 100_000_000))
    .option("--seed <n>", "seed of the search", wholeNumber(0, 2 ** 31 - 1), 1)
    .option("--jobs <n>", "worker threads", wholeNumber(1, 256), availableParallelism())
    .option("--json <file>", "also write the results as JSON; - is the standard output")
    .option("--report <dir>", "where the report goes", "reports/matrix")
    .option("--continue <file>", "keep the cells of an earlier matrix, by its JSON, and search the others")
    .action(async (options) => {
      const { matrix } = await import("./matrix.ts");
      status = await matrix(options);
    });

  const campaign = program
    .command("campaign")
    .description("one search across many processes and machines, which share a Postgres: DATABASE_URL, or one of this machine's own");

  campaign
    .command("start")
    .description("write down what is to be searched, cut into jobs; nothing is searched before somebody works")
    .argument("<config>", "what to search, as JSON: see docs/campaigns.md")
    .action(async (config: string) => {
      const { startCampaign } = await import("./campaign.ts");
      status = await startCampaign(config);
    });

  campaign
    .command("work")
    .description("take jobs until there are none left; as many workers on as many machines as you want")
    .argument("[campaign]", "its number or name (default: the newest)")
    .option("--jobs <n>", "worker processes", wholeNumber(1, 256), availableParallelism())
    .action(async (wanted: string | undefined, options) => {
      const { workOn } = await import("./campaign.ts");
      status = await workOn(wanted, options);
    });

  campaign
    .command("status")
    .description("how far it is, how fast, who works, and what was found")
    .argument("[campaign]", "its number or name (default: the newest)")
    .option("--watch", "again every second, until it is over")
    .option("--json <file>", "also write it as JSON; - is the standard output")
    .action(async (wanted: string | undefined, options) => {
      const { tellStatus } = await import("./campaign.ts");
      status = await tellStatus(wanted, options);
    });

  campaign
    .command("stop")
    .description("nobody takes another job of it; what is being done is handed back")
    .argument("[campaign]", "its number or name (default: the newest)")
    .action(async (wanted: string | undefined) => {
      const { endCampaign } = await import("./campaign.ts");
      status = await endCampaign(wanted);
    });

  campaign
    .command("report")
    .description("what `holdfast run` would say of its cells, as far as they are done")
    .argument("[campaign]", "its number or name (default: the newest)")
    .option("--json <file>", "also write the results as JSON; - is the standard output")
    .option("--junit <file>", "also write the results as JUnit XML; - is the standard output")
    .option("--report <dir>", "where the report goes", "reports/campaign")
    .option("--corpus <dir>", "also keep there, as recorded traces, the counterexamples of all campaigns of the database")
    .action(async (wanted: string | undefined, options) => {
      const { reportCampaign } = await import("./campaign.ts");
      status = await reportCampaign(wanted, options);
    });

  program
    .command("list")
    .description("scenarios, targets, strategies, profiles, invariants, explorers and faults")
    .action(async () => {
      const { list } = await import("./list.ts");
      process.stdout.write(await list());
    });

  program
    .command("bake-jwks")
    .description("fetch an issuer's public keys at deploy time; without them a deployment fetches its keys at run time")
    .argument("<url>", "the key set, as in https://api.workos.com/sso/jwks/client_1")
    .option("--out <file>", "where the key set goes; - is the standard output", "-")
    .option("--timeout <ms>", "milliseconds after which to go on without", wholeNumber(1, 600_000), 5_000)
    .action(async (url: string, options) => {
      const { bakeJwksTo } = await import("./bake-jwks.ts");
      process.stderr.write(await bakeJwksTo(url, options));
    });

  program
    .command("issuer")
    .description("serve the fake issuer over HTTP, on this machine alone unless told otherwise")
    .option("--host <address>", "the address to listen at", "127.0.0.1")
    .option("--port <n>", "the port; 0 is any that is free", wholeNumber(0, 65_535), 4_100)
    .option("--origin <url>", "how clients reach it, as in http://issuer:4100 (default: the address and the port)", httpOrigin)
    .option("--profile <name>", "a rotation policy (default: the seed file's, or workos)")
    .option("--seed-file <file>", "users, organizations, clients, keys and faults as JSON: see docs/issuer.md")
    .option("--surface <name>", "the one surface to serve (default: all)")
    .option("--access-token-lifetime <seconds>", "default: the seed file's, or 300", wholeNumber(1, 86_400))
    .option("--control-bearer <bearer>", "the bearer of the control API, at least 16 characters (default: a random one)", longBearer)
    .action(async (options) => {
      const { serveIssuer } = await import("./issuer.ts");
      await serveIssuer(options);
    });

  program
    .command("app")
    .description("serve the reference app on this machine with the fake issuer beside it, and say where to sign in")
    .option("--port <n>", "the app's port; 0 is any that is free", wholeNumber(0, 65_535), 3_000)
    .option("--profile <name>", "the issuer's profile: a rotation policy", "workos")
    .option("--access-token-lifetime <seconds>", "a short one shows refreshes", wholeNumber(1, 86_400), 300)
    .action(async (options) => {
      // Loaded when it is asked for: the other commands need no server.
      const { serveApp } = await import("./app.ts");
      await serveApp(options);
    });

  try {
    assertNpmKeptNothing(process.env, argv[0]);
    await program.parseAsync(argv, { from: "user" });
    return status;
  } catch (error) {
    // Commander has already printed its own errors; asking for help is not one.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof HoldfastError)) throw error;
    process.stderr.write(`error ${error.code}: ${error.message}\n  ${error.hint}\n`);
    return error.exitStatus;
  }
}

// A trace must not depend on where it was made; the workers inherit it.
process.env.TZ = "UTC";
process.exitCode = await main(process.argv.slice(2));
