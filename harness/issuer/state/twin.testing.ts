// The independent model of the machine: it keeps nothing but the list of what happened, works every answer out from that list by
// looking back, and states each issuer's rule in words of its own. It has never seen a profile.

interface SignIn {
  readonly user: number;
  /** 0 has a secret, 1 has none. */
  readonly client: number;
  readonly session: number;
  readonly at: number;
}

interface Token {
  readonly family: number;
  readonly parent: number | null;
  readonly at: number;
}

/** One redemption that gave something, for the organization that its family spoke for then. */
interface Use {
  readonly token: number;
  readonly family: number;
  readonly at: number;
  readonly organization: string | null;
  /** The refresh token given, or null when the presented one lives on. */
  readonly gave: number | null;
}

/** What an issuer would do with a token now. */
export type Verdict =
  | { readonly is: "rotated" | "kept" | "another" | "refused, and nothing more" }
  | { readonly is: "given again"; readonly token: number; readonly withNewAccessToken: boolean }
  | { readonly is: "taken for theft" };

type Again = "the same pair" | "the newest" | "another" | "nothing";
type Takes = "nothing" | "its line" | "the family" | "the session" | "the grant" | "all of user and client";

export interface Rule {
  /** The token presented lives on; without this it never does. */
  readonly keeps?: (twin: Twin, token: number, now: number) => boolean;
  /** What a spent token gets; without this nothing. */
  readonly again?: (twin: Twin, token: number, now: number) => Again;
  /** Another organization than at the first redemption is refused. */
  readonly sameWish?: true;
  readonly takes: Takes;
  /** Coming back after somebody has ended the family is theft too. */
  readonly revokedCounts?: true;
  /** A rotation takes the access tokens of the spent one. */
  readonly takesAccess?: true;
  /** Seconds: of each token, of a family, of a family without use. */
  readonly each?: number;
  readonly whole?: number;
  readonly idle?: number;
  /** Families of one user and one client. */
  readonly most?: number;
}

const DAY = 86_400;
const within = (seconds: number, what: Again) => (twin: Twin, token: number, now: number) =>
  now < twin.firstUse(token).at + seconds * 1000 ? what : "nothing";
const keeps = () => true;

/** The rule of each profile, and of each variant that a profile's source describes. */
export const RULES = {
  workos: { again: within(30, "the same pair"), takes: "nothing" },
  "better-auth": { takes: "all of user and client", revokedCounts: true, each: 30 * DAY },
  zitadel: { takes: "nothing", whole: 90 * DAY, idle: 30 * DAY },
  logto: {
    again: (twin, token, now) => (now < twin.lastUse(token).at + 3_000 ? "another" : "nothing"),
    takes: "the grant",
    each: 14 * DAY,
  },
  auth0: { takes: "the family" },
  authentik: { keeps, takes: "nothing", each: 30 * DAY },
  cognito: { keeps, takes: "nothing", each: 30 * DAY },
  "convex-auth": {
    again: (twin, token, now) => (twin.isParentOfNewest(token) ? "the newest" : within(10, "another")(twin, token, now)),
    takes: "its line",
    each: 30 * DAY,
    whole: 30 * DAY,
  },
  dex: { takes: "nothing" },
  "django-oauth-toolkit": { takes: "nothing", takesAccess: true },
  doorkeeper: { again: (twin, token) => (twin.isAChildShown(token) ? "nothing" : "another"), takes: "nothing" },
  duende: { keeps, takes: "nothing", whole: 30 * DAY },
  entra: { again: () => "another", takes: "nothing", each: 90 * DAY },
  fusionauth: { keeps, takes: "nothing", whole: 30 * DAY },
  google: { keeps, takes: "nothing", idle: 183 * DAY, most: 100 },
  hydra: { takes: "the family", takesAccess: true, each: 30 * DAY },
  keycloak: { again: () => "another", takes: "nothing", whole: 36_000, idle: 1_800 },
  "keycloak-revoking": { takes: "the grant", whole: 36_000, idle: 1_800 },
  league: { takes: "nothing", takesAccess: true, each: 31 * DAY },
  "node-oidc-provider": {
    keeps: (twin, token, now) => twin.clientOf(token) === 0 && now - twin.bornAt(token) < 846_720_000,
    takes: "the grant",
    each: 14 * DAY,
  },
  okta: {
    again: (twin, token, now) => (twin.isParentOfNewest(token) ? within(30, "another")(twin, token, now) : "nothing"),
    takes: "the family",
  },
  openiddict: { again: within(30, "another"), takes: "the grant", each: 14 * DAY },
  "spring-as": { keeps, takes: "nothing", each: 3_600 },
  "supabase-v1": { again: (twin, token) => (twin.isParentOfNewest(token) ? "the newest" : "nothing"), takes: "the family" },
  "supabase-v2": { again: (twin, token) => (twin.isParentOfNewest(token) ? "the newest" : "nothing"), takes: "the session" },

  "better-auth with an interval": {
    again: within(30, "the same pair"),
    sameWish: true,
    takes: "all of user and client",
    revokedCounts: true,
    each: 30 * DAY,
  },
  "auth0 with a leeway": {
    again: (twin, token, now) => (twin.isParentOfNewest(token) ? within(10, "another")(twin, token, now) : "nothing"),
    takes: "the family",
  },
  "hydra with a grace period": { again: within(60, "another"), takes: "the family", takesAccess: true, each: 30 * DAY },
  "django-oauth-toolkit with a grace period": {
    again: (twin, token, now) => within(30, twin.isParentOfNewest(token) ? "the same pair" : "another")(twin, token, now),
    takes: "nothing",
    takesAccess: true,
  },
  "dex with a reuse interval": {
    again: (twin, token, now) => (twin.isParentOfNewest(token) ? within(3, "the newest")(twin, token, now) : "nothing"),
    takes: "nothing",
  },
  "supabase-v1 with a reuse interval": {
    again: (twin, token, now) => (twin.isParentOfNewest(token) ? "the newest" : within(10, "another")(twin, token, now)),
    takes: "the family",
  },
  "supabase-v2 with a reuse interval": {
    again: (twin, token, now) => (twin.isParentOfNewest(token) || now < twin.lastUseInFamily(token) + 10_000 ? "the newest" : "nothing"),
    takes: "the session",
  },
  "keycloak-revoking with one reuse": {
    again: (twin, token) => (twin.isParentOfNewest(token) && twin.usesOf(token).length < 2 ? "another" : "nothing"),
    takes: "the grant",
    whole: 36_000,
    idle: 1_800,
  },
  "authentik as documented": {
    keeps: (twin, token, now) => now - twin.bornAt(token) < 29 * DAY * 1000 + 23 * 3_600_000,
    takes: "nothing",
    each: 30 * DAY,
  },
  "duende with sliding expiration": { keeps, takes: "nothing", whole: 30 * DAY, idle: 15 * DAY },
  "google with room for two": { keeps, takes: "nothing", idle: 183 * DAY, most: 2 },
} as const satisfies Record<string, Rule>;

export class Twin {
  readonly #rule: Rule;
  readonly #signIns: SignIn[] = [];
  readonly #tokens: Token[] = [];
  readonly #uses: Use[] = [];
  /** Each access token: its refresh token, and the redemption or sign-in that gave it, by its moment. */
  readonly #access: { readonly token: number; readonly at: number }[] = [];
  readonly #ended = new Set<number>();
  /** Those of the ended families that somebody ended: no reuse, and no lifetime. */
  readonly #endedByHand = new Set<number>();
  readonly #dead = new Set<number>();
  readonly #shown = new Set<number>();
  readonly #organizations: (string | null)[] = [];

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  signIn(user: number, client: number, session: number, now: number): number {
    const own = this.families().filter((family) => {
      const one = this.#signIn(family);
      return one.user === user && one.client === client && this.live(now).some((token) => this.#token(token).family === family);
    });
    for (const family of own.slice(0, Math.max(0, own.length + 1 - (this.#rule.most ?? Number.POSITIVE_INFINITY)))) this.#ended.add(family);
    this.#signIns.push({ user, client, session, at: now });
    this.#organizations.push(null);
    return this.#bear({ family: this.#signIns.length - 1, parent: null, at: now }, now);
  }

  end(which: (signIn: SignIn) => boolean): void {
    for (const family of this.families().filter((one) => which(this.#signIn(one)) && !this.#ended.has(one))) {
      this.#endedByHand.add(family);
      this.#ended.add(family);
    }
  }

  /** What would become of a token that is presented now with this wish. */
  judge(token: number, wish: string | null, now: number): Verdict {
    const { family } = this.#token(token);
    if (this.#rule.revokedCounts === true && this.#endedByHand.has(family)) return { is: "taken for theft" };
    if (this.#ended.has(family) || this.#dead.has(token) || this.#isOver(token, now)) return { is: "refused, and nothing more" };
    const first = this.#uses.find((use) => use.token === token && use.gave !== null);
    if (first === undefined || first.gave === null) return { is: this.#rule.keeps?.(this, token, now) === true ? "kept" : "rotated" };
    switch (this.#rule.again?.(this, token, now) ?? "nothing") {
      case "nothing":
        return { is: this.#rule.takes === "nothing" ? "refused, and nothing more" : "taken for theft" };
      case "the same pair":
        if (this.#rule.sameWish === true && (wish ?? this.#organizations[family]) !== first.organization) {
          return { is: "refused, and nothing more" };
        }
        return { is: "given again", token: first.gave, withNewAccessToken: false };
      case "the newest":
        return { is: "given again", token: this.#newest(family) ?? token, withNewAccessToken: true };
      case "another":
        return { is: "another" };
    }
  }

  /** What comes of it: the refresh token given, the access token given, each by its number; null for none. */
  redeem(token: number, wish: string | null, now: number): { token: number; access: number } | null {
    const verdict = this.judge(token, wish, now);
    const { family } = this.#token(token);
    if (verdict.is === "taken for theft") this.#take(token);
    const isRefused = verdict.is === "taken for theft" || verdict.is === "refused, and nothing more";
    if (isRefused) {
      if (this.#isOver(token, now) && !this.live(now).some((one) => this.#token(one).family === family)) this.#ended.add(family);
      return null;
    }
    if (verdict.is === "given again" && !verdict.withNewAccessToken) {
      const organization = this.#uses.find((use) => use.gave === verdict.token)?.organization ?? null;
      this.#uses.push({ token, family, at: now, organization, gave: verdict.token });
      return { token: verdict.token, access: this.#access.findIndex((one) => one.token === verdict.token) };
    }
    const organization = wish ?? this.#organizations[family] ?? null;
    this.#organizations[family] = organization;
    const gave = verdict.is === "kept" ? null : verdict.is === "given again" ? verdict.token : this.#tokens.length;
    this.#uses.push({ token, family, at: now, organization, gave });
    const given = gave ?? token;
    if (given === this.#tokens.length) this.#bear({ family, parent: token, at: now }, now);
    else this.#access.push({ token: given, at: now });
    return { token: given, access: this.#access.length - 1 };
  }

  /** Whether an access token of this number is good at the issuer now. Showing it is remembered. */
  show(access: number, now: number): boolean {
    const one = this.#access[access];
    if (one === undefined) throw new Error(`no access token ${access}`);
    const { token, at } = one;
    const isTaken = this.#rule.takesAccess === true && this.#uses.some((use) => use.token === token && use.gave !== null);
    const isGood = !this.#ended.has(this.#token(token).family) && !this.#dead.has(token) && !isTaken && now < at + 300_000;
    if (isGood) this.#shown.add(token);
    return isGood;
  }

  families(): number[] {
    return [...this.#signIns.keys()];
  }

  tokens(): number[] {
    return [...this.#tokens.keys()];
  }

  accessTokens(): number {
    return this.#access.length;
  }

  ended(): boolean[] {
    return this.families().map((family) => this.#ended.has(family));
  }

  live(now: number): number[] {
    return this.tokens().filter((token) => {
      const isOut = this.#ended.has(this.#token(token).family) || this.#dead.has(token) || this.#isOver(token, now);
      return !isOut && !this.#uses.some((use) => use.token === token && use.gave !== null);
    });
  }

  organizationOf(family: number): string | null {
    return this.#organizations[family] ?? null;
  }

  usesOf(token: number): Use[] {
    return this.#uses.filter((use) => use.token === token);
  }

  firstUse(token: number): Use {
    return this.usesOf(token)[0] ?? { token, family: -1, at: Number.NaN, organization: null, gave: null };
  }

  lastUse(token: number): Use {
    return this.usesOf(token).at(-1) ?? this.firstUse(token);
  }

  lastUseInFamily(token: number): number {
    const { family } = this.#token(token);
    return this.#uses.findLast((use) => use.family === family)?.at ?? this.#signIn(family).at;
  }

  isParentOfNewest(token: number): boolean {
    const newest = this.#newest(this.#token(token).family);
    return newest !== null && this.#token(newest).parent === token;
  }

  isAChildShown(token: number): boolean {
    return this.tokens().some((one) => this.#token(one).parent === token && this.#shown.has(one));
  }

  clientOf(token: number): number {
    return this.#signIn(this.#token(token).family).client;
  }

  bornAt(token: number): number {
    return this.#token(token).at;
  }

  #bear(token: Token, now: number): number {
    this.#tokens.push(token);
    this.#access.push({ token: this.#tokens.length - 1, at: now });
    return this.#tokens.length - 1;
  }

  #newest(family: number): number | null {
    const spent = new Set(this.#uses.flatMap((use) => (use.gave === null ? [] : [use.token])));
    return this.tokens().findLast((one) => this.#token(one).family === family && !spent.has(one) && !this.#dead.has(one)) ?? null;
  }

  #isOver(token: number, now: number): boolean {
    const { family, at } = this.#token(token);
    const { each = Number.POSITIVE_INFINITY, whole = Number.POSITIVE_INFINITY, idle = Number.POSITIVE_INFINITY } = this.#rule;
    return now >= at + each * 1000 || now >= this.#signIn(family).at + whole * 1000 || now >= this.lastUseInFamily(token) + idle * 1000;
  }

  #take(token: number): void {
    const { family } = this.#token(token);
    const own = this.#signIn(family);
    switch (this.#rule.takes) {
      case "nothing":
        return;
      case "its line":
        this.#dead.add(token);
        for (const one of this.tokens()) if (this.#dead.has(this.#token(one).parent ?? -1)) this.#dead.add(one);
        if (this.#newest(family) === null) this.#ended.add(family);
        return;
      case "the family":
        this.#ended.add(family);
        return;
      case "the session":
        this.#endAll((one) => one.session === own.session);
        return;
      case "the grant":
        this.#endAll((one) => one.session === own.session && one.client === own.client);
        return;
      case "all of user and client":
        this.#endAll((one) => one.user === own.user && one.client === own.client);
    }
  }

  #endAll(which: (signIn: SignIn) => boolean): void {
    for (const family of this.families()) if (which(this.#signIn(family))) this.#ended.add(family);
  }

  #token(token: number): Token {
    const found = this.#tokens[token];
    if (found === undefined) throw new Error(`no token ${token}`);
    return found;
  }

  #signIn(family: number): SignIn {
    const found = this.#signIns[family];
    if (found === undefined) throw new Error(`no family ${family}`);
    return found;
  }
}
