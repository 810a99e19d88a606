import { accessTokenMint } from "./keys/access-token.ts";
import { createKeyRing, type KeyRing } from "./keys/key-ring.ts";
import { createSigner, type Sign } from "./keys/signer.ts";
import { announceEnds } from "./oidc/backchannel-logout.ts";
import type { IssuerOptions } from "./options.ts";
import { type Codes, createCodes } from "./state/codes.ts";
import { type Consents, createConsents } from "./state/consents.ts";
import { createDeviceCodes, type DeviceCodes } from "./state/device-codes.ts";
import { createDirectory, type Directory } from "./state/directory.ts";
import { createInteractions, type Interactions } from "./state/interactions.ts";
import { createMachine, type Machine } from "./state/machine.ts";
import { createMagicAuths, type MagicAuths } from "./state/magic-auth.ts";
import { createPendings, type Pendings } from "./state/pending.ts";
import type { Session } from "./state/records.ts";
import { createSignOns, type SignOns } from "./state/sign-ons.ts";

/** The one state that all surfaces share. */
export interface Core {
  readonly options: IssuerOptions;
  /** Where it is reached, without a path. */
  readonly origin: string;
  readonly directory: Directory;
  readonly keys: KeyRing;
  readonly sign: Sign;
  readonly codes: Codes;
  readonly magicAuths: MagicAuths;
  readonly deviceCodes: DeviceCodes;
  readonly pendings: Pendings;
  readonly machine: Machine;
  /** From where sessions were begun, as apps say. It is shown and nothing depends on it, so it is no part of the state. */
  readonly userAgents: WeakMap<Session, UserAgent>;
  readonly signOns: SignOns;
  readonly consents: Consents;
  readonly interactions: Interactions;
}

/** As an app says of the request that it signs somebody in for. */
export interface UserAgent {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export function createCore(options: IssuerOptions): Core {
  const origin = new URL(options.origin).origin;
  const directory = createDirectory(options);
  const keys = createKeyRing(options.keys, options.now);
  const sign = createSigner(keys, options.rs256);
  const journal = announceEnds(options, sign, (id) => machine.session(id));
  const machine: Machine = createMachine({ ...options, journal }, accessTokenMint(options, directory, sign));
  const oneTime = {
    codes: createCodes(options),
    magicAuths: createMagicAuths(options),
    deviceCodes: createDeviceCodes(options),
    pendings: createPendings(options),
  };
  const pages = { signOns: createSignOns(options), consents: createConsents(), interactions: createInteractions(options) };
  return { options, origin, directory, keys, sign, machine, userAgents: new WeakMap(), ...oneTime, ...pages };
}
