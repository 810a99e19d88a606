import type { IssuerOptions } from "../options.ts";
import type { User } from "./directory.ts";
import { secretSource } from "./secrets.ts";

/** Five minutes, in seconds: `expires_in` in WorkOS' OpenAPI and its CLI Auth guide. */
export const DEVICE_CODE_LIFETIME = 300;

/** Seconds between two polls: `interval` there, and the default of RFC 8628 §3.2. */
export const POLLING_INTERVAL = 5;

/** No vowels, so no words; nothing that looks like something else (RFC 8628 §6.1). */
const USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** What the person in front of the browser decided. */
export interface DeviceApproval {
  readonly user: User;
  readonly method: string;
  readonly organizationId: string | null;
}

/** One request of a device. */
export interface DeviceCode {
  readonly secret: string;
  readonly userCode: string;
  readonly label: string;
  readonly clientId: string;
  /** Milliseconds since the epoch; the moment itself is too late. */
  readonly expiresAt: number;
  decision: "pending" | "denied" | DeviceApproval;
  /** Seconds that a device has to wait; grows with each poll that comes too early. */
  interval: number;
  /** Milliseconds since the epoch; null before the first poll. */
  polledAt: number | null;
}

/** What a poll is told (RFC 8628 §3.5). */
export type Poll =
  | { readonly kind: "approved"; readonly approval: DeviceApproval }
  | { readonly kind: "authorization_pending" | "slow_down" | "expired_token" | "access_denied" }
  /** Never issued, spent, or another client's. */
  | { readonly kind: "invalid" };

/** The OAuth 2.0 device authorization grant (RFC 8628). */
export interface DeviceCodes {
  begin(clientId: string): DeviceCode;
  /** The request that waits for a decision under this user code, whatever its case and with the dash or without. */
  waiting(userCode: string): DeviceCode | undefined;
  decide(code: DeviceCode, decision: "denied" | DeviceApproval): void;
  /** Spends a code that was approved. */
  poll(secret: string, clientId: string): Poll;
  /** When waiting requests expire, and when their devices may poll again. */
  deadlines(): number[];
  state(): unknown;
}

export function createDeviceCodes({ now, randomBytes, name }: Pick<IssuerOptions, "now" | "randomBytes" | "name">): DeviceCodes {
  const codes = new Map<string, DeviceCode>();
  const newSecret = secretSource(randomBytes);
  let issued = 0;

  const bare = (userCode: string) => userCode.toUpperCase().replaceAll("-", "");
  const live = () => [...codes.values()].filter((code) => code.expiresAt > now());
  const nextPoll = ({ polledAt, interval }: DeviceCode) => (polledAt === null ? null : polledAt + interval * 1000);

  return {
    begin(clientId) {
      const secret = newSecret();
      const letters = [...randomBytes(8)].map((byte) => USER_CODE_LETTERS[byte % USER_CODE_LETTERS.length]).join("");
      const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`;
      const label = `device code D${++issued}`;
      const expiresAt = now() + DEVICE_CODE_LIFETIME * 1000;
      const code: DeviceCode = {
        ...{ secret, userCode, label, clientId, expiresAt },
        ...{ decision: "pending", interval: POLLING_INTERVAL, polledAt: null },
      };
      codes.set(secret, code);
      name(secret, label);
      name(userCode, `user code D${issued}`);
      return code;
    },
    waiting: (userCode) => live().find((code) => code.decision === "pending" && bare(code.userCode) === bare(userCode)),
    decide(code, decision) {
      code.decision = decision;
    },
    poll(secret, clientId) {
      const code = codes.get(secret);
      if (code === undefined || code.clientId !== clientId) return { kind: "invalid" };
      if (code.expiresAt <= now()) return { kind: "expired_token" };
      if (code.decision === "denied") return { kind: "access_denied" };
      const earliest = nextPoll(code);
      code.polledAt = now();
      if (earliest !== null && now() < earliest) {
        code.interval += POLLING_INTERVAL;
        return { kind: "slow_down" };
      }
      if (code.decision === "pending") return { kind: "authorization_pending" };
      codes.delete(secret);
      return { kind: "approved", approval: code.decision };
    },
    deadlines: () =>
      live()
        .flatMap((code) => [code.expiresAt, nextPoll(code) ?? 0])
        .filter((moment) => moment > now()),
    state: () =>
      live().map((code) => {
        const { label, decision, interval, expiresAt } = code;
        const decided = typeof decision === "string" ? decision : [decision.user.id, decision.organizationId];
        const wait = nextPoll(code);
        return [label, decided, interval, expiresAt, wait !== null && wait > now() ? wait : null];
      }),
  };
}
