import { HoldfastError } from "../../model/error.ts";
import type { Client, IssuerOptions, SeededMembership, SeededOrganization } from "../options.ts";
import { sameSecret } from "./secrets.ts";

/** A user as the issuer keeps one. Moments in milliseconds since the epoch. */
export interface User {
  readonly id: string;
  email: string;
  emailVerified: boolean;
  /** Empty: none was given. */
  firstName: string;
  lastName: string;
  password: string | null;
  externalId: string | null;
  metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
  updatedAt: number;
  lastSignInAt: number | null;
}

/** An organization as the issuer keeps one. */
export interface Organization extends Omit<SeededOrganization, "projects"> {
  readonly projects: NonNullable<SeededOrganization["projects"]>;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
}

/** One user's place in one organization. */
export interface Membership extends Omit<SeededMembership, "permissions"> {
  readonly id: string;
  readonly permissions: readonly string[];
  /** An inactive one is kept for the record and gives its user nothing. */
  readonly status: "active" | "inactive";
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a user is made of. */
export interface NewUser {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly emailVerified?: boolean;
  readonly password?: string | null;
  readonly externalId?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Who exists: users, organizations, memberships, clients, and the origins whose pages may call the API. */
export interface Directory {
  readonly users: readonly User[];
  readonly organizations: readonly Organization[];
  /** Inactive ones too. */
  readonly memberships: readonly Membership[];
  /** The WorkOS client as an app without a secret uses it: with PKCE, in a browser or on a phone. */
  readonly publicClient: Client;
  user(id: string): User | undefined;
  /** Whatever the case of the email. */
  userByEmail(email: string): User | undefined;
  organization(id: string): Organization | undefined;
  /** While it is active. */
  membership(userId: string, organizationId: string): Membership | undefined;
  /** Those that are active. */
  membershipsOf(userId: string): readonly Membership[];
  client(id: string): Client | undefined;
  /** Undefined when the email is taken. */
  addUser(user: NewUser): User | undefined;
  /** Leaves out what is not given. False, and nothing is changed, when the email is taken. */
  changeUser(user: User, changes: Partial<NewUser>): boolean;
  /** Removes their memberships too; what they have open elsewhere is the caller's to end. */
  removeUser(id: string): void;
  addOrganization(organization: {
    name: string;
    slug?: string;
    externalId?: string | null;
    metadata?: Readonly<Record<string, string>>;
  }): Organization;
  /** Replaces the membership of the same user in the same organization, and activates it. */
  putMembership(membership: SeededMembership): Membership;
  setMembershipStatus(membership: Membership, status: Membership["status"]): Membership;
  removeMembership(userId: string, organizationId: string): void;
  /** False when it is allowed already. */
  allowOrigin(origin: string): boolean;
  /** Whether pages of this origin may call the API with cookies: those that were allowed, and every page on this machine. */
  allowsOrigin(origin: string): boolean;
  /** Whether this is the secret of the client; a public client has none. */
  isSecretOf(client: Client, secret: string): boolean;
  state(): unknown;
}

/** Seeded things exist from the start; a fixed moment keeps answers equal in every run. */
const SEEDED_AT = Date.parse("2024-01-01T00:00:00.000Z");

/** @throws {HoldfastError} `BAD_USAGE` when two users share an id or an email, or a membership names nobody */
export function createDirectory(options: IssuerOptions): Directory {
  const users = new Map<string, User>();
  const organizations = new Map<string, Organization>();
  const memberships = new Map<string, Membership>();
  const own: Client = { id: options.clientId, secret: options.apiKey, redirectUris: null, postLogoutRedirectUris: null };
  const clients = new Map([own, ...(options.clients ?? [])].map((client) => [client.id, client]));
  const origins = new Set<string>();
  let made = 0;

  /** Ids in the shape of WorkOS', counted so that equal runs have equal ones. */
  const newId = (prefix: string) => `${prefix}_01${String(++made).padStart(24, "0")}`;
  const placeOf = (userId: string, organizationId: string) => JSON.stringify([userId, organizationId]);

  const directory: Directory = {
    publicClient: { ...own, secret: null },
    get users() {
      return [...users.values()];
    },
    get organizations() {
      return [...organizations.values()];
    },
    get memberships() {
      return [...memberships.values()];
    },
    user: (id) => users.get(id),
    userByEmail(email) {
      const wanted = email.toLowerCase();
      for (const user of users.values()) if (user.email.toLowerCase() === wanted) return user;
      return undefined;
    },
    organization: (id) => organizations.get(id),
    membership(userId, organizationId) {
      const found = memberships.get(placeOf(userId, organizationId));
      return found?.status === "active" ? found : undefined;
    },
    membershipsOf: (userId) => [...memberships.values()].filter((one) => one.userId === userId && one.status === "active"),
    client: (id) => clients.get(id),
    addUser({ email, firstName, lastName, emailVerified = false, password = null, externalId = null, metadata = {} }) {
      if (directory.userByEmail(email) !== undefined) return undefined;
      const now = options.now();
      const user: User = {
        ...{ id: newId("user"), email, firstName, lastName, emailVerified, password, externalId, metadata },
        ...{ createdAt: now, updatedAt: now, lastSignInAt: null },
      };
      users.set(user.id, user);
      return user;
    },
    changeUser(user, changes) {
      const namesake = changes.email === undefined ? undefined : directory.userByEmail(changes.email);
      if (namesake !== undefined && namesake !== user) return false;
      Object.assign(user, changes, { updatedAt: options.now() });
      return true;
    },
    removeUser(id) {
      users.delete(id);
      for (const [place, { userId }] of memberships) if (userId === id) memberships.delete(place);
    },
    addOrganization({ name, slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-"), externalId = null, metadata = {} }) {
      const organization: Organization = { id: newId("org"), slug, name, projects: [], externalId, metadata, createdAt: options.now() };
      organizations.set(organization.id, organization);
      return organization;
    },
    putMembership({ userId, organizationId, role, permissions = [] }) {
      const place = placeOf(userId, organizationId);
      const known = memberships.get(place);
      const now = options.now();
      const membership: Membership = {
        ...{ id: known?.id ?? newId("om"), userId, organizationId, role, permissions, status: "active" },
        ...{ createdAt: known?.createdAt ?? now, updatedAt: now },
      };
      memberships.set(place, membership);
      return membership;
    },
    setMembershipStatus(membership, status) {
      const changed = { ...membership, status, updatedAt: options.now() };
      memberships.set(placeOf(membership.userId, membership.organizationId), changed);
      return changed;
    },
    removeMembership(userId, organizationId) {
      memberships.delete(placeOf(userId, organizationId));
    },
    allowOrigin(origin) {
      const isNew = !origins.has(origin);
      origins.add(origin);
      return isNew;
    },
    allowsOrigin: (origin) => origins.has(origin) || isLoopback(URL.parse(origin)),
    isSecretOf: (client, secret) => client.secret !== null && sameSecret(secret, client.secret),
    state: () => [
      // Who exists when nothing has been changed is known from the options.
      [...users.values()].map(({ id, email, emailVerified }) => [id, email, emailVerified]),
      [...organizations.keys()],
      [...memberships.values()].map(({ userId, organizationId, role, status }) => [userId, organizationId, role, status]),
      [...origins],
    ],
  };

  for (const { password = null, ...user } of options.users) {
    if (users.has(user.id) || directory.userByEmail(user.email) !== undefined) {
      throw new HoldfastError("BAD_USAGE", `expected seeded users of different ids and emails, got "${user.id}" twice`, "rename one");
    }
    const at = { createdAt: SEEDED_AT, updatedAt: SEEDED_AT, lastSignInAt: null };
    users.set(user.id, { ...user, ...at, password, emailVerified: true, externalId: null, metadata: {} });
  }
  for (const { projects = [], ...organization } of options.organizations ?? []) {
    organizations.set(organization.id, { ...organization, projects, externalId: null, metadata: {}, createdAt: SEEDED_AT });
  }
  for (const { permissions = [], ...one } of options.memberships ?? []) {
    if (!users.has(one.userId) || !organizations.has(one.organizationId)) {
      const message = `expected a membership of a seeded user in a seeded organization, got "${one.userId}" in "${one.organizationId}"`;
      throw new HoldfastError("BAD_USAGE", message, "seed both, or leave the membership out");
    }
    const at = { createdAt: SEEDED_AT, updatedAt: SEEDED_AT };
    memberships.set(placeOf(one.userId, one.organizationId), { ...one, id: newId("om"), permissions, status: "active", ...at });
  }
  return directory;
}

/** `localhost`, its subdomains and the loopback addresses: names that no other machine can have. */
function isLoopback(url: URL | null): boolean {
  return url !== null && /^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/.test(url.hostname);
}
