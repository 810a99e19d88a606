import { secureHeaders } from "hono/secure-headers";

/** Seconds: half a year. */
const HSTS_MAX_AGE = 15_552_000;

/**
 * What browsers may do with the answers: run no script, load style and images from here alone, and show no page inside another.
 *
 * @param origin The app's own.
 * @param issuerOrigin Chromium holds `form-action` against every redirect that follows a form, and the forms that sign in and out lead
 * to the issuer.
 */
export function securityHeaders({ origin, issuerOrigin }: { readonly origin: string; readonly issuerOrigin: string }) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'", issuerOrigin],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // Not `no-referrer`: with that, browsers send `Origin: null` with our own forms, and those are known by their origin.
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
    strictTransportSecurity: origin.startsWith("https:") ? `max-age=${HSTS_MAX_AGE}` : false,
  });
}
