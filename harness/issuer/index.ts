// What `holdfast/issuer` offers. Handlers for MSW are in `holdfast/issuer/msw`, so that nobody needs MSW who does not use it.

export { createIssuer, type Issuer, type IssuerEvent, type IssuerOptions } from "./issuer.ts";
export { newSigningKey } from "./keys/node-rs256.ts";
export type { Profile } from "./profile.ts";
export { graceOf } from "./profile.ts";
export { profileFrom } from "./profile-json.ts";
export { profiles } from "./profiles.ts";
export { type IssuerServer, type IssuerServerOptions, startIssuerServer } from "./server.ts";
