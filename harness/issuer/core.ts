import { accessTokenMint } from "./keys/access-token.ts";
import { createKeyRing, type KeyRing } from "./keys/key-ring.ts";
import { createSigner, type Sign } from "./keys/signer.ts";
import type { IssuerOptions } from "./options.ts";
import { type Codes, createCodes } from "./state/codes.ts";
import { createDeviceCodes, type DeviceCodes } from "./state/device-codes.ts";
import { createDirectory, type Directory } from "./state/directory.ts";
import { createMachine, type Machine } from "./state/machine.ts";
import { createMagicAuths, type MagicAuths } from "./state/magic-auth.ts";
import { createPendings, type Pendings } from "./state/pending.ts";
import type { Session } from "./state/records.ts";

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
}

/** As an app says of the request that it signs somebody in for. */
export interface UserAgent {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export function createCore(options: IssuerOptions): Core {
  const directory = createDirectory(options);
  const keys = createKeyRing(options.keys);
  const sign = createSigner(keys);
  const machine = createMachine(options, accessTokenMint(options, directory, sign));
  const oneTime = {
    codes: createCodes(options),
    magicAuths: createMagicAuths(options),
    deviceCodes: createDeviceCodes(options),
    pendings: createPendings(options),
  };
  return { options, origin: new URL(options.origin).origin, directory, keys, sign, ...oneTime, machine, userAgents: new WeakMap() };
}
