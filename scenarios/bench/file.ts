/** Where the bench stands, for all to read: it is committed, and the report shows it. */
export const BENCH_FILE = "reports/bench.json";
