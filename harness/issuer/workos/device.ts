import type { Core } from "../core.ts";
import { apiRefusal, json, oauthRefusal, optionalText } from "../http.ts";
import { Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import { DEVICE_CODE_LIFETIME, POLLING_INTERVAL } from "../state/device-codes.ts";
import { readOAuthBody } from "./requests.ts";

const PATH = "/device";

/** CLI Auth: `POST /user_management/authorize/device`, and the page at which a person decides. */
export function deviceRoutes({ options, origin, directory, deviceCodes }: Core): readonly Route[] {
  function begin({ request }: Visit): Reply {
    const body = readOAuthBody(request);
    if (optionalText(body, "client_id") !== options.clientId) throw oauthRefusal(400, "invalid_client", "Unknown `client_id`.");
    const { secret, userCode } = deviceCodes.begin(options.clientId);
    return json(200, {
      device_code: secret,
      user_code: userCode,
      verification_uri: `${origin}${PATH}`,
      verification_uri_complete: `${origin}${PATH}?user_code=${userCode}`,
      expires_in: DEVICE_CODE_LIFETIME,
      interval: POLLING_INTERVAL,
    });
  }

  function decide({ request }: Visit): Reply {
    const from = request.headers.get("origin");
    // Another site's form must not decide for whoever happens to look at it.
    if (from !== null && from !== origin) throw apiRefusal(403, "forbidden", "Expected the form of this issuer's own page.");
    const fields = readOAuthBody(request);
    const code = deviceCodes.waiting(optionalText(fields, "user_code") ?? "");
    if (code === undefined) return page(400, "This code is unknown, expired or already used.", null);
    if (fields.decision === "deny") {
      deviceCodes.decide(code, "denied");
      return page(200, "Denied. You can close this page.", null);
    }
    const user = directory.userByEmail(optionalText(fields, "email") ?? "");
    if (user === undefined) return page(400, "Nobody has this email.", code.userCode);
    // The page has no step for the choice: of several organizations the session has none until it switches.
    const own = directory.membershipsOf(user.id);
    const organizationId = own.length === 1 ? (own[0]?.organizationId ?? null) : null;
    deviceCodes.decide(code, { user, method: "Password", organizationId });
    return page(200, "Approved. You can close this page and go back to your device.", null);
  }

  return [
    { method: "POST", path: /^\/user_management\/authorize\/device$/, handle: begin },
    {
      method: "GET",
      path: /^\/device$/,
      handle: ({ query }) => page(200, "Does this code match the one on your device?", query.get("user_code") ?? ""),
    },
    { method: "POST", path: /^\/device$/, handle: decide },
  ];
}

/** @param userCode null: without the form */
function page(status: number, said: string, userCode: string | null): Reply {
  const form = `<form method="post" action="${PATH}">
<p><label>Code <input name="user_code" value="${escaped(userCode ?? "")}" required autocomplete="off"></label></p>
<p><label>Email <input name="email" type="email"></label></p>
<p><button name="decision" value="approve">Approve</button> <button name="decision" value="deny">Deny</button></p>
</form>`;
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in on a device</title>
<h1>Sign in on a device</h1>
<p>${escaped(said)}</p>
${userCode === null ? "" : form}
</html>
`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    // With `no-referrer` a browser would send `Origin: null` with the form.
    "referrer-policy": "same-origin",
  };
  return new Reply(html, { status, headers });
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
