import type { z } from "zod";
import type { ApiService } from "./provisioning.ts";
import type { ErrorBody, NewProjectBody, ProjectBody, ProjectsBody } from "./schemas.ts";

/** A project as the API lists it. */
export type ListedProject = z.infer<typeof ProjectBody>;

/** What came of a new project. `said` is for the person who wanted it. */
export type NewProject =
  | { readonly kind: "created"; readonly project: ListedProject }
  | { readonly kind: "refused"; readonly status: number; readonly said: string };

/** Where the API is, and who asks. */
export interface ApiCall {
  readonly service: ApiService;
  readonly origin: string;
  readonly accessToken: string;
}

/**
 * What somebody may see.
 *
 * @returns null where the API cannot tell
 * @throws whatever the service rejects with
 */
export async function listProjects({ service, origin, accessToken }: ApiCall): Promise<readonly ListedProject[] | null> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const response = await service.fetch(new Request(`${origin}/v1/web/projects`, { headers }));
  if (response.status !== 200) return null;
  return ((await response.json()) as z.infer<typeof ProjectsBody>).projects;
}

/**
 * Creates a project in somebody's name.
 *
 * @throws whatever the service rejects with
 */
export async function createProject(call: ApiCall, project: z.input<typeof NewProjectBody>): Promise<NewProject> {
  const headers = { authorization: `Bearer ${call.accessToken}`, "content-type": "application/json" };
  const body = JSON.stringify(project);
  const response = await call.service.fetch(new Request(`${call.origin}/v1/web/projects`, { method: "POST", headers, body }));
  if (response.status === 201) return { kind: "created", project: (await response.json()).project };
  const { error } = (await response.json()) as z.infer<typeof ErrorBody>;
  return { kind: "refused", status: response.status, said: error.message };
}
