import type { Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ZodError } from "zod";
import type { Log, Unavailable } from "../callback/refusal.ts";
import { outageOf } from "../callback/repository-fault.ts";
import { ApiFailure, type FailureCode, failureOf } from "./failure.ts";

/** The framework's own refusals, in our words. */
const BY_STATUS: Readonly<Record<number, readonly [FailureCode, string]>> = {
  400: ["invalid_request", "The body is not JSON."],
  415: ["unsupported_media_type", "Send the body as application/json."],
};

/** Whatever was thrown, as an answer. Only what has no name is logged here: the rest was logged where it was decided. */
export function answerError(error: unknown, log: Log): Response {
  if (error instanceof ApiFailure) return error.toResponse();
  const known = error instanceof HTTPException ? BY_STATUS[error.status] : undefined;
  if (known !== undefined) return new ApiFailure(...known).toResponse();
  const outage = logFault(error, log);
  if (outage !== null) return failureOf(outage).toResponse();
  return new ApiFailure("internal_error", "Something went wrong here. It has been logged.").toResponse();
}

/** Tells the log what was thrown. Returns the outage that it was; null for anything else, which is a bug. */
export function logFault(error: unknown, log: Log): Unavailable | null {
  const outage = outageOf(error);
  if (outage === null) log({ event: "failed", error: nameOf(error) });
  else log({ event: "unavailable", dependency: outage.dependency, said: outage.said });
  return outage;
}

/** The validators' hook: says where the request differs from the contract, and quotes no value. */
export function refuseInvalid(result: { readonly success: boolean; readonly error?: ZodError }): void {
  if (result.success) return;
  const said = result.error?.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  throw new ApiFailure("invalid_request", `${said?.join("; ") ?? "The request is invalid"}.`);
}

/** 405 with what is allowed where the path exists, else 404. The routes have no parameters, so paths are compared. */
export function answerUnrouted(app: Pick<Hono, "routes">, c: Context): Response {
  const methods = app.routes.filter(({ path, method }) => path === c.req.path && method !== "ALL").map(({ method }) => method);
  if (methods.length === 0) return new ApiFailure("not_found", "There is nothing at this path.").toResponse();
  // A route for GET answers HEAD too.
  const allow = [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))].join(", ");
  return new ApiFailure("method_not_allowed", `This path takes ${allow}.`, { allow }).toResponse();
}

/** The class and code of what was thrown. Never its message, which may quote a statement's values. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === "string" && /^\w{1,40}$/.test(code) ? `${error.name} ${code}` : error.name;
}
