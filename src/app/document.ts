import { OpenAPIHono } from "@hono/zod-openapi";
import { ROUTES } from "./routes.ts";

/**
 * The OpenAPI 3.1 document of the API, made from the schemas that check its requests.
 *
 * @example
 * ```ts
 * const { paths } = openApiDocument();
 * ```
 */
export function openApiDocument() {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono();
  openAPIRegistry.registerComponent("securitySchemes", "accessToken", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A WorkOS access token.",
  });
  for (const route of ROUTES) openAPIRegistry.registerPath(route);
  return getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Holdfast reference API", version: "1" } });
}
