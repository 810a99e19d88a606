import type { Core } from "../core.ts";
import { type Parameters, readForm, redirect } from "../http.ts";
import type { Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import type { User } from "../state/directory.ts";
import type { Interaction } from "../state/interactions.ts";
import { ONE_TIME_CODE } from "../state/magic-auth.ts";
import { sameSecret } from "../state/secrets.ts";
import { approve, deny } from "./answer.ts";
import { cookieOf, INTERACTION_COOKIE, SIGN_ON_COOKIE, setCookie } from "./cookies.ts";
import { type Attempt, showInteraction } from "./interaction-page.ts";
import { needOf, organizationOf } from "./needs.ts";
import { problem } from "./problem.ts";

/** The pages between an app's request and its code. */
export function pageRoutes(core: Core): readonly Route[] {
  const { directory, interactions, origin } = core;

  function find({ request, parameter }: Visit): Interaction {
    const interaction = interactions.find(parameter, cookieOf(request, INTERACTION_COOKIE));
    if (interaction !== null) return interaction;
    throw problem(
      request,
      403,
      "access_denied",
      "This sign-in is over, or another browser began it. Go back to the app and sign in again.",
    );
  }

  function act(visit: Visit): Reply {
    const form = readForm(visit.request);
    const interaction = find(visit);
    const user = form.get("user");
    const organization = form.get("organization");
    if (user !== null) return signIn(interaction, directory.user(user), interaction.request.method, "There is no such person any more.");
    if (organization !== null) return choose(interaction, organization);
    switch (form.get("action")) {
      case "sign-in":
        return signInWith(interaction, form);
      case "sign-up":
        return signUp(interaction, form);
      case "allow":
        return allow(interaction);
      case "switch":
        interaction.session = null;
        return proceed(interaction);
      case "cancel":
        interactions.finish(interaction);
        return deny(core, interaction.request, { error: "access_denied", description: "The person has cancelled." }, true);
      default:
        throw problem(visit.request, 400, "invalid_request", "Expected one of the buttons of the page to be pressed.");
    }
  }

  function signInWith(interaction: Interaction, form: Parameters): Reply {
    const email = form.get("email") ?? "";
    const secret = form.get("secret") ?? "";
    const user = directory.userByEmail(email);
    const byCode = sameSecret(secret, ONE_TIME_CODE);
    const known = user !== undefined && (byCode || (user.password !== null && sameSecret(secret, user.password)));
    const said = "There is nobody with this email and this password or code.";
    return signIn(interaction, known ? user : undefined, byCode ? "MagicAuth" : "Password", said, email);
  }

  function signUp(interaction: Interaction, form: Parameters): Reply {
    const { session } = interaction;
    const email = form.get("email") ?? "";
    const [firstName, lastName] = [form.get("first_name"), form.get("last_name")];
    const isWhole = /^[^\s@]+@[^\s@]+$/.test(email) && firstName !== null && lastName !== null;
    const wrong = (said: string) => showInteraction(core, { ...interaction, session: null }, { said, email, isSignUp: true });
    if (session !== null || !isWhole) return wrong("An account needs an email address, a first name and a last name.");
    const user = directory.addUser({ email, firstName, lastName, password: form.get("password") });
    return user === undefined ? wrong("Somebody has this email address already.") : signIn(interaction, user, "Password", "");
  }

  function signIn(interaction: Interaction, user: User | undefined, method: string, said: string, email = ""): Reply {
    const refused = user === undefined ? said : whyNot(interaction, user);
    if (user === undefined || refused !== null) {
      const attempt: Attempt = { said: refused ?? said, email, isSignUp: false };
      return showInteraction(core, { ...interaction, session: null }, attempt);
    }
    interaction.session = core.machine.openSession(user, method);
    return setCookie(proceed(interaction), origin, SIGN_ON_COOKIE, core.signOns.begin(interaction.session));
  }

  /** Why this person cannot go on here, although they are who they say. */
  function whyNot({ request: { organizationId, expected } }: Interaction, user: User): string | null {
    if (expected !== null && expected !== user) return `The app expects ${expected.email} to sign in.`;
    if (organizationId === null || directory.membership(user.id, organizationId) !== undefined) return null;
    const name = directory.organization(organizationId)?.name ?? organizationId;
    return `${user.firstName} ${user.lastName} is no member of ${name}, which the app asks for.`;
  }

  function choose(interaction: Interaction, organizationId: string): Reply {
    const user = interaction.session?.user;
    if (user !== undefined && directory.membership(user.id, organizationId) !== undefined) interaction.organizationId = organizationId;
    return proceed(interaction);
  }

  function allow(interaction: Interaction): Reply {
    const { session, request } = interaction;
    if (session !== null && needOf(core, interaction) === "consent") {
      core.consents.allow(session.user, request.client, request.scopes ?? []);
      interaction.consented = true;
    }
    return proceed(interaction);
  }

  /** On to the next page, or with a code back to the app. */
  function proceed(interaction: Interaction): Reply {
    const { request, session, id } = interaction;
    if (session?.ended) interaction.session = null;
    if (interaction.session === null || needOf(core, interaction) !== null) return redirect(new URL(`/interaction/${id}`, origin), 303);
    interactions.finish(interaction);
    const { user, method } = interaction.session;
    const who = { user, method, session: interaction.session, organizationId: organizationOf(core, interaction) };
    return approve(core, request, who, true);
  }

  return [
    { method: "GET", path: /^\/interaction\/([^/]+)$/, handle: (visit) => showInteraction(core, find(visit)) },
    { method: "POST", path: /^\/interaction\/([^/]+)$/, handle: act },
  ];
}
