import { secureHeaders } from "hono/secure-headers";

/** Seconds: half a year. */
const HSTS_MAX_AGE = 15_552_000;

/**
 * What browsers may do with the answers: run scripts, load style and images, and open connections from and to here alone, and show no page
 * inside another. `'self'` is the origin's WebSockets too (CSP3 §6.7.2.8).
 *
 * @param origin The app's own.
 * @param issuerOrigins Chromium holds `form-action` against every redirect that follows a form, and the forms that sign in and out lead
 * to the issuer and on to its pages.
 */
export function securityHeaders({ origin, issuerOrigins }: { readonly origin: string; readonly issuerOrigins: readonly string[] }) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      connectSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'", ...issuerOrigins],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // Not `no-referrer`: with that, browsers send `Origin: null` with our own forms, and those are known by their origin.
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
    strictTransportSecurity: origin.startsWith("https:") ? `max-age=${HSTS_MAX_AGE}` : false,
  });
}
