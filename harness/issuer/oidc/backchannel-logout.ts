import type { Sign } from "../keys/signer.ts";
import type { Client, IssuerEvent, IssuerOptions } from "../options.ts";
import type { Session } from "../state/records.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
/** Seconds. OIDC Back-Channel Logout 1.0 §2.4 wants a short life, preferably two minutes at most. */
const LIFETIME = 120;

/**
 * A journal that also announces the end of a session to the OIDC clients that took part in it (OIDC Back-Channel Logout 1.0):
 * each once, when the session as a whole ends. The end of a family alone, by a revocation or a reuse, is no logout.
 */
export function announceEnds(options: IssuerOptions, sign: Sign, sessionOf: (id: string) => Session | undefined): IssuerOptions["journal"] {
  const { notify } = options;
  if (notify === undefined) return (event) => options.journal(event);
  const told = new WeakMap<Session, Set<Client>>();

  function announce({ session: id, family: name }: Extract<IssuerEvent, { type: "session-ended" }>): void {
    const session = sessionOf(id);
    const family = session?.families.find((one) => one.name === name);
    if (session === undefined || session.ended === null || family?.surface !== "oidc") return;
    const clients = told.get(session) ?? new Set();
    told.set(session, clients);
    if (family.client.backchannelLogoutUri === undefined || clients.has(family.client)) return;
    clients.add(family.client);
    send(family.client.backchannelLogoutUri, family.client, session).catch(() => {
      // A client that cannot be told does not keep anybody signed in here.
    });
  }

  async function send(address: string, client: Client, session: Session): Promise<void> {
    const iat = Math.floor(options.now() / 1000);
    const jti = `logout_${Buffer.from(options.randomBytes(16)).toString("hex")}`;
    const about = { iss: new URL(options.origin).origin, aud: client.id, sub: session.user.id, sid: session.id };
    const token = await sign({ ...about, iat, exp: iat + LIFETIME, jti, events: { [EVENT]: {} } }, { typ: "logout+jwt" });
    await notify?.(new Request(address, { method: "POST", body: new URLSearchParams({ logout_token: token }) }));
  }

  return (event) => {
    options.journal(event);
    if (event.type === "session-ended") announce(event);
  };
}
