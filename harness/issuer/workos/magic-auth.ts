import { z } from "zod";
import type { Core } from "../core.ts";
import { json } from "../http.ts";
import type { Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import type { User } from "../state/directory.ts";
import { ONE_TIME_CODE } from "../state/magic-auth.ts";
import { magicAuthBody } from "./bodies.ts";
import { checkApiKey, notFound, readApiBody } from "./requests.ts";

const CREATION = z.object({ email: z.email() });

/** `POST /user_management/magic_auth` and `GET /user_management/magic_auth/{id}`. */
export function magicAuthRoutes({ options, directory, magicAuths }: Core): readonly Route[] {
  function create({ request }: Visit): Reply {
    checkApiKey(options, request);
    const { email } = readApiBody(request, CREATION);
    // Whoever is new is signed up, since the answer must name a user.
    const user = directory.userByEmail(email) ?? (directory.addUser({ email, firstName: "", lastName: "" }) as User);
    return json(201, magicAuthBody(magicAuths.create(user), ONE_TIME_CODE));
  }

  function show({ request, parameter }: Visit): Reply {
    checkApiKey(options, request);
    const found = magicAuths.get(parameter);
    if (found === undefined) throw notFound("Magic Auth");
    return json(200, magicAuthBody(found, ONE_TIME_CODE));
  }

  return [
    { method: "POST", path: /^\/user_management\/magic_auth$/, handle: create },
    { method: "GET", path: /^\/user_management\/magic_auth\/([^/]+)$/, handle: show },
  ];
}
