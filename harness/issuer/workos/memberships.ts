import { z } from "zod";
import type { Core } from "../core.ts";
import { apiRefusal, json } from "../http.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import type { Membership } from "../state/directory.ts";
import { membershipBody } from "./bodies.ts";
import { page } from "./lists.ts";
import { checkApiKey, checked, notFound, readApiBody } from "./requests.ts";

const ROLE = { role_slug: z.string().min(1).optional(), role_slugs: z.array(z.string().min(1)).min(1).optional() };
const CREATION = z.object({ user_id: z.string(), organization_id: z.string(), ...ROLE });
const CHANGE = z.object(ROLE);
const STATUSES = z.object({ statuses: z.array(z.enum(["active", "inactive", "pending"])) });

/** `/user_management/organization_memberships` and below. A change shows in the tokens of the next refresh. */
export function membershipRoutes({ options, directory }: Core): readonly Route[] {
  const body = (membership: Membership) => membershipBody(directory, membership);

  function find(request: IssuerRequest, id: string): Membership {
    checkApiKey(options, request);
    const membership = directory.memberships.find((one) => one.id === id);
    if (membership === undefined) throw notFound("Organization membership");
    return membership;
  }

  function list({ request, query }: Visit): Reply {
    checkApiKey(options, request);
    const [user, organization] = [query.get("user_id"), query.get("organization_id")];
    if (user === null && organization === null) {
      throw apiRefusal(400, "missing_user_id_or_organization_id", "Expected `user_id`, `organization_id`, or both.");
    }
    const { statuses } = checked({ statuses: query.get("statuses")?.split(",") ?? ["active"] }, STATUSES);
    const fits = ({ userId, organizationId, status }: Membership) =>
      (user === null || userId === user) && (organization === null || organizationId === organization) && statuses.includes(status);
    return page(query, directory.memberships.filter(fits), body);
  }

  function create({ request }: Visit): Reply {
    checkApiKey(options, request);
    const { user_id, organization_id, ...role } = readApiBody(request, CREATION);
    if (directory.user(user_id) === undefined) throw notFound("User");
    if (directory.organization(organization_id) === undefined) throw notFound("Organization");
    return json(201, body(directory.putMembership({ userId: user_id, organizationId: organization_id, role: oneRole(role) ?? "member" })));
  }

  function change({ request, parameter }: Visit): Reply {
    const membership = find(request, parameter);
    const role = oneRole(readApiBody(request, CHANGE)) ?? membership.role;
    const { userId, organizationId, permissions, status } = membership;
    const changed = directory.putMembership({ userId, organizationId, role, permissions });
    return json(200, body(status === "active" ? changed : directory.setMembershipStatus(changed, status)));
  }

  function remove({ request, parameter }: Visit): Reply {
    const { userId, organizationId } = find(request, parameter);
    directory.removeMembership(userId, organizationId);
    return json(200, {});
  }

  function setStatus(status: Membership["status"]) {
    return ({ request, parameter }: Visit): Reply => {
      const membership = find(request, parameter);
      return json(200, body(membership.status === status ? membership : directory.setMembershipStatus(membership, status)));
    };
  }

  const collection = /^\/user_management\/organization_memberships$/;
  const one = /^\/user_management\/organization_memberships\/([^/]+)$/;
  const deactivate = /^\/user_management\/organization_memberships\/([^/]+)\/deactivate$/;
  const reactivate = /^\/user_management\/organization_memberships\/([^/]+)\/reactivate$/;
  return [
    { method: "GET", path: collection, handle: list },
    { method: "POST", path: collection, handle: create },
    { method: "GET", path: one, handle: ({ request, parameter }) => json(200, body(find(request, parameter))) },
    { method: "PUT", path: one, handle: change },
    { method: "DELETE", path: one, handle: remove },
    { method: "PUT", path: deactivate, handle: setStatus("inactive") },
    { method: "PUT", path: reactivate, handle: setStatus("active") },
  ];
}

/** Several roles need an environment that has them enabled (workos/openapi-spec); this one has not. */
function oneRole({ role_slug, role_slugs }: z.infer<typeof CHANGE>): string | undefined {
  if (role_slugs !== undefined && role_slugs.length > 1) {
    throw apiRefusal(422, "multiple_roles_not_enabled", "Multiple roles are not enabled for this environment.");
  }
  return role_slug ?? role_slugs?.[0];
}
