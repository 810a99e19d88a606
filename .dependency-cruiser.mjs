/**
 * The arrows of the house: which room may import from which. A room that is not listed as a target may not be imported.
 * `model` is what everybody shares; `sim`, `explore`, `issuer`, `browser`, `invariants` and `report` know nothing of each other.
 */
const ARROWS = {
  "harness/model": [],
  "harness/sim": ["harness/model"],
  "harness/explore": ["harness/model"],
  "harness/issuer": ["harness/model"],
  "harness/browser": ["harness/model"],
  "harness/invariants": ["harness/model"],
  "harness/report": ["harness/model"],
  "harness/targets": ["harness/model", "harness/sim", "src"],
  "harness/lanes": [
    "harness/model",
    "harness/explore",
    "harness/issuer",
    "harness/browser",
    "harness/invariants",
    "harness/sim",
    "fixtures",
  ],
  // The scenarios that come with Holdfast are what tests, too, may name.
  "harness/library": [
    ...["harness/model", "harness/sim", "harness/issuer", "harness/lanes", "harness/report", "harness/targets"],
    "scenarios",
  ],
  "harness/campaign": ["harness/model", "harness/explore", "harness/lanes", "harness/library"],
  // The scenarios that come with Holdfast are what its commands run.
  // The issuer that it serves is seeded with the fixtures' users and test keys, unless it is told others.
  "harness/cli": [
    "harness/model",
    "harness/campaign",
    "harness/issuer",
    "harness/lanes",
    "harness/library",
    "harness/report",
    "harness/targets",
    "scenarios",
    "fixtures",
    "src",
  ],
  scenarios: ["harness", "src", "fixtures"],
  fixtures: ["harness", "src"],
  src: [],
};

const TESTS = "\\.(test|testing|spec)\\.ts$";

export default {
  forbidden: [
    ...Object.entries(ARROWS).map(([room, targets]) => ({
      name: `arrows-of-${room.replace("/", "-")}`,
      severity: "error",
      from: { path: `^${room}/`, pathNot: TESTS },
      to: { path: "^(harness|src|scenarios|fixtures)/", pathNot: [room, ...targets].map((allowed) => `^${allowed}/`) },
    })),
    {
      name: "src-knows-nothing-of-the-harness",
      comment: "also in its tests: src is what a product team would copy",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(harness|scenarios|fixtures)/" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "resolvable",
      comment:
        "but for the SDK that cannot share a tree with the others: tsconfig.json says where tsc finds it, and harness/targets/third-party.ts where it is bundled from",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^@workos/authkit-session$" },
    },
    {
      name: "tests-stay-tests",
      severity: "error",
      from: { pathNot: TESTS },
      to: { path: TESTS },
    },
  ],
  options: {
    // swc reads the sources, types included: the TypeScript of this project is newer than what the tool can load.
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["holdfast-source", "import", "node", "default", "types"] },
  },
};
