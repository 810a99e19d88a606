/** Nothing but arithmetic: what a core gives to whoever asks for all of it. So many rounds as the command line says. */
let state = 1;
for (let round = Number(process.argv[2]); round > 0; round--) {
  for (let n = 0; n < 1_000_000; n++) state = Math.imul(state ^ n, 0x9e3779b1) >>> 1;
}
// The result is used, so that no compiler leaves the work out.
process.exitCode = state < 0 ? 1 : 0;
