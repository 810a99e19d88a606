import { exchange } from "../http.ts";
import type { LiveStage } from "../stage.ts";

/** How often one call is made: twice at once, and once more. */
const REQUESTS = ["callback-1", "callback-1-again-1", "callback-1-again-2"] as const;

/**
 * Plays the web app that tells its API of a sign-in, and repeats itself. All answers are about one sign-in, and must be equal.
 *
 * @param path where the API takes it
 */
export async function callApi({ scene }: LiveStage, path: string): Promise<void> {
  const { app, issuer, people, everybody, signal, config } = scene.parts;
  const token = await issuer.accessTokenFor(people.ada);
  const { jti, sid } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { jti?: string; sid?: string };
  const key = jti === undefined ? `workos-session:${sid}` : `workos-jti:${jti}`;
  const headers = [["authorization", `Bearer ${token}`] as const, ["accept", "application/json"] as const];

  async function call(request: string): Promise<void> {
    const instance = app.next();
    const base = { request, user: people.ada.id, key, isolate: `isolate-${instance}` };
    const words = (what: string) => `${what} ${path} for ${request}`;
    scene.parts.recording.moment({ kind: "send", from: "web-app", to: base.isolate, label: words("POST") });
    scene.emit({ type: "request-sent", ...base });
    const asked = { method: "POST", url: `${app.origin}${path}`, headers, body: "" };
    const response = await exchange(asked, signal, (config.patience ?? 30) * 1000).answer;
    const status = response === null ? "no answer" : String(response.status);
    scene.parts.recording.moment({ kind: "answer", from: base.isolate, to: "web-app", label: words(`${status} to POST`) });
    if (response?.status === 200) {
      const mentions = everybody.filter(({ id, email }) => response.body.includes(id) || response.body.includes(email)).map(({ id }) => id);
      scene.emit({ type: "request-answered", ...base, answer: response.body, mentions });
    } else {
      scene.emit({
        type: "request-failed",
        request,
        user: base.user,
        key,
        reason: response === null ? "no answer came" : `status ${status}`,
      });
    }
  }

  const [first, second, third] = REQUESTS;
  await Promise.all([call(first), call(second)]);
  await call(third);
}
