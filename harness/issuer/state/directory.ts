import { HoldfastError } from "../../model/error.ts";
import type { Client, IssuerOptions, SeededMembership, SeededOrganization } from "../options.ts";
import { sameSecret } from "./secrets.ts";

/** A user as the issuer keeps one. Moments in milliseconds since the epoch. */
export interface User {
  readonly id: string;
  email: string;
  emailVerified: boolean;
  firstName: string;
  lastName: string;
  password: string | null;
  externalId: string | null;
  readonly createdAt: number;
  updatedAt: number;
  lastSignInAt: number | null;
}

/** An organization as the issuer keeps one. */
export interface Organization extends Omit<SeededOrganization, "projects"> {
  readonly projects: NonNullable<SeededOrganization["projects"]>;
  readonly createdAt: number;
}

/** One user's place in one organization. */
export interface Membership extends Omit<SeededMembership, "permissions"> {
  readonly id: string;
  readonly permissions: readonly string[];
  readonly createdAt: number;
}

/** Who exists: users, organizations, memberships, clients. */
export interface Directory {
  readonly users: readonly User[];
  readonly organizations: readonly Organization[];
  readonly memberships: readonly Membership[];
  user(id: string): User | undefined;
  /** Whatever the case of the email. */
  userByEmail(email: string): User | undefined;
  organization(id: string): Organization | undefined;
  membership(userId: string, organizationId: string): Membership | undefined;
  membershipsOf(userId: string): readonly Membership[];
  client(id: string): Client | undefined;
  /** Undefined when the email is taken. */
  addUser(user: {
    email: string;
    firstName: string;
    lastName: string;
    password?: string | null;
    externalId?: string | null;
  }): User | undefined;
  addOrganization(organization: { name: string; slug?: string }): Organization;
  /** Replaces the membership of the same user in the same organization. */
  putMembership(membership: SeededMembership): Membership;
  removeMembership(userId: string, organizationId: string): void;
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
  let made = 0;

  /** Ids in the shape of WorkOS', counted so that equal runs have equal ones. */
  const newId = (prefix: string) => `${prefix}_01${String(++made).padStart(24, "0")}`;
  const placeOf = (userId: string, organizationId: string) => JSON.stringify([userId, organizationId]);

  const directory: Directory = {
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
    membership: (userId, organizationId) => memberships.get(placeOf(userId, organizationId)),
    membershipsOf: (userId) => [...memberships.values()].filter((one) => one.userId === userId),
    client: (id) => clients.get(id),
    addUser({ email, firstName, lastName, password = null, externalId = null }) {
      if (directory.userByEmail(email) !== undefined) return undefined;
      const now = options.now();
      const user: User = {
        ...{ id: newId("user"), email, firstName, lastName, password, externalId },
        ...{ emailVerified: false, createdAt: now, updatedAt: now, lastSignInAt: null },
      };
      users.set(user.id, user);
      return user;
    },
    addOrganization({ name, slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-") }) {
      const organization: Organization = { id: newId("org"), slug, name, projects: [], createdAt: options.now() };
      organizations.set(organization.id, organization);
      return organization;
    },
    putMembership({ userId, organizationId, role, permissions = [] }) {
      const place = placeOf(userId, organizationId);
      const known = memberships.get(place);
      const membership: Membership = {
        ...{ id: known?.id ?? newId("om"), userId, organizationId, role, permissions },
        createdAt: known?.createdAt ?? options.now(),
      };
      memberships.set(place, membership);
      return membership;
    },
    removeMembership(userId, organizationId) {
      memberships.delete(placeOf(userId, organizationId));
    },
    isSecretOf: (client, secret) => client.secret !== null && sameSecret(secret, client.secret),
    state: () => [
      // Who exists when nothing has been changed is known from the options.
      [...users.values()].map(({ id, email }) => [id, email]),
      [...memberships.values()].map(({ userId, organizationId, role }) => [userId, organizationId, role]),
    ],
  };

  for (const { password = null, ...user } of options.users) {
    if (users.has(user.id) || directory.userByEmail(user.email) !== undefined) {
      throw new HoldfastError("BAD_USAGE", `expected seeded users of different ids and emails, got "${user.id}" twice`, "rename one");
    }
    const at = { createdAt: SEEDED_AT, updatedAt: SEEDED_AT, lastSignInAt: null };
    users.set(user.id, { ...user, ...at, password, emailVerified: true, externalId: null });
  }
  for (const { projects = [], ...organization } of options.organizations ?? []) {
    organizations.set(organization.id, { ...organization, projects, createdAt: SEEDED_AT });
  }
  for (const { permissions = [], ...one } of options.memberships ?? []) {
    if (!users.has(one.userId) || !organizations.has(one.organizationId)) {
      const message = `expected a membership of a seeded user in a seeded organization, got "${one.userId}" in "${one.organizationId}"`;
      throw new HoldfastError("BAD_USAGE", message, "seed both, or leave the membership out");
    }
    memberships.set(placeOf(one.userId, one.organizationId), { ...one, id: newId("om"), permissions, createdAt: SEEDED_AT });
  }
  return directory;
}
