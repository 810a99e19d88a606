import { z } from "zod";
import type { Core } from "../core.ts";
import { apiRefusal, json, Refusal } from "../http.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import type { NewUser, User } from "../state/directory.ts";
import { userBody } from "./bodies.ts";
import { page } from "./lists.ts";
import { checkApiKey, notFound, readApiBody } from "./requests.ts";

const TEXT = z.string().nullish();
const FIELDS = {
  first_name: TEXT,
  last_name: TEXT,
  email_verified: z.boolean().nullish(),
  password: z.string().min(1).nullish(),
  external_id: TEXT,
  metadata: z.record(z.string(), z.string()).nullish(),
};
// What else WorkOS takes (password hashes, locale, ip_address, user_agent, signals_id) is accepted and not kept.
const CREATION = z.object({ email: z.email(), ...FIELDS });
const CHANGE = z.object({ email: z.email().optional(), ...FIELDS });

/** `/user_management/users` and `/user_management/users/{id}`. */
export function userRoutes({ options, directory, machine }: Core): readonly Route[] {
  function find(request: IssuerRequest, id: string): User {
    checkApiKey(options, request);
    const user = directory.user(id);
    if (user === undefined) throw notFound("User");
    return user;
  }

  function list({ request, query }: Visit): Reply {
    checkApiKey(options, request);
    const email = query.get("email")?.toLowerCase();
    const organization = query.get("organization_id") ?? query.get("organization");
    const fits = (user: User) =>
      (email === undefined || user.email.toLowerCase() === email) &&
      (organization === null || directory.membership(user.id, organization) !== undefined);
    return page(query, directory.users.filter(fits), userBody);
  }

  function create({ request }: Visit): Reply {
    checkApiKey(options, request);
    const { email, ...fields } = readApiBody(request, CREATION);
    const user = directory.addUser({ firstName: "", lastName: "", ...known(fields), email });
    if (user !== undefined) return json(201, userBody(user));
    const errors = [{ code: "email_not_available", message: "This email is not available." }];
    throw new Refusal(json(400, { code: "user_creation_error", message: "The user could not be created.", errors }));
  }

  function change({ request, parameter }: Visit): Reply {
    const user = find(request, parameter);
    const { email, ...fields } = readApiBody(request, CHANGE);
    if (!directory.changeUser(user, { ...known(fields), ...(email === undefined ? {} : { email }) })) {
      throw apiRefusal(400, "email_not_available", "This email is not available.");
    }
    return json(200, userBody(user));
  }

  function remove({ request, parameter }: Visit): Reply {
    const user = find(request, parameter);
    machine.end({ user: user.id }, "admin", "their user was deleted");
    directory.removeUser(user.id);
    return json(200, {});
  }

  const collection = /^\/user_management\/users$/;
  const one = /^\/user_management\/users\/([^/]+)$/;
  return [
    { method: "GET", path: collection, handle: list },
    { method: "POST", path: collection, handle: create },
    { method: "GET", path: one, handle: ({ request, parameter }) => json(200, userBody(find(request, parameter))) },
    { method: "PUT", path: one, handle: change },
    { method: "DELETE", path: one, handle: remove },
  ];
}

/** What was given: an omitted property stays as it is, and null takes a text away. */
function known(fields: Omit<z.infer<typeof CHANGE>, "email">): Partial<NewUser> {
  const { first_name, last_name, email_verified, password, external_id, metadata } = fields;
  return {
    ...(first_name === undefined ? {} : { firstName: first_name ?? "" }),
    ...(last_name === undefined ? {} : { lastName: last_name ?? "" }),
    ...(email_verified === undefined || email_verified === null ? {} : { emailVerified: email_verified }),
    ...(password === undefined || password === null ? {} : { password }),
    ...(external_id === undefined ? {} : { externalId: external_id }),
    ...(metadata === undefined ? {} : { metadata: metadata ?? {} }),
  };
}
