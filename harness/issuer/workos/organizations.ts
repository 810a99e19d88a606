import { z } from "zod";
import type { Core } from "../core.ts";
import { json } from "../http.ts";
import type { Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import { organizationBody } from "./bodies.ts";
import { page } from "./lists.ts";
import { checkApiKey, notFound, readApiBody } from "./requests.ts";

// Domains are accepted and not kept: nothing here depends on one.
const CREATION = z.object({
  name: z.string().min(1),
  external_id: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** `/organizations` and `/organizations/{id}`. */
export function organizationRoutes({ options, directory }: Core): readonly Route[] {
  function list({ request, query }: Visit): Reply {
    checkApiKey(options, request);
    return page(query, directory.organizations, organizationBody);
  }

  function create({ request }: Visit): Reply {
    checkApiKey(options, request);
    const { name, external_id, metadata } = readApiBody(request, CREATION);
    const organization = directory.addOrganization({ name, externalId: external_id ?? null, metadata: metadata ?? {} });
    return json(201, organizationBody(organization));
  }

  function show({ request, parameter }: Visit): Reply {
    checkApiKey(options, request);
    const organization = directory.organization(parameter);
    if (organization === undefined) throw notFound("Organization");
    return json(200, organizationBody(organization));
  }

  return [
    { method: "GET", path: /^\/organizations$/, handle: list },
    { method: "POST", path: /^\/organizations$/, handle: create },
    { method: "GET", path: /^\/organizations\/([^/]+)$/, handle: show },
  ];
}
