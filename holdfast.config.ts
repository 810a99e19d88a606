import { referenceConfig } from "./fixtures/apps/reference/config.ts";

/** `holdfast verify` in this repository: the reference app as three processes that share a Postgres. */
export default referenceConfig({ instances: 3 });
