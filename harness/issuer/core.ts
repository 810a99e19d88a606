import { accessTokenMint } from "./keys/access-token.ts";
import { createKeyRing, type KeyRing } from "./keys/key-ring.ts";
import { createSigner, type Sign } from "./keys/signer.ts";
import type { IssuerOptions } from "./options.ts";
import { type Codes, createCodes } from "./state/codes.ts";
import { createDirectory, type Directory } from "./state/directory.ts";
import { createMachine, type Machine } from "./state/machine.ts";

/** The one state that all surfaces share. */
export interface Core {
  readonly options: IssuerOptions;
  /** Where it is reached, without a path. */
  readonly origin: string;
  readonly directory: Directory;
  readonly keys: KeyRing;
  readonly sign: Sign;
  readonly codes: Codes;
  readonly machine: Machine;
}

export function createCore(options: IssuerOptions): Core {
  const directory = createDirectory(options);
  const keys = createKeyRing(options.keys, options.now);
  const sign = createSigner(keys, options.rs256);
  const machine = createMachine(options, accessTokenMint(options, directory, sign));
  return { options, origin: new URL(options.origin).origin, directory, keys, sign, codes: createCodes(options), machine };
}
