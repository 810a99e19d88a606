import fc from "fast-check";

// For tests alone: requests that no issuer should take, from a fixed seed.

/** A request as bytes on a wire. Nothing in it is valid enough to be answered with anything but a 4xx. */
export interface Malformed {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** How many bytes of the body are sent; fewer than all is a body that breaks off. */
  readonly sent: number;
}

/** Seen nowhere else: a request that carries it must never have it said back. */
export const MARK = "rt_secret_4f1d9c_presented";

const TOKEN = "/user_management/authenticate";
const REVOKE = "/user_management/sessions/revoke";
const POSTS = [TOKEN, REVOKE, "/_holdfast/api/faults", "/_holdfast/api/clock", "/_holdfast/api/steal", "/_holdfast/api/keys/retire"];
const GETS = [
  "/user_management/authorize",
  "/user_management/sessions/logout",
  `/user_management/users/${MARK}`,
  `/sso/jwks/${MARK}`,
  "/_holdfast/api/journal",
  "/_holdfast/api/state",
];
const JSON_TYPE = ["content-type", "application/json"] as const;

const bytes = (text: string) => Buffer.from(text);
const request = (method: string, target: string, headers: Malformed["headers"], body = Buffer.alloc(0), sent = body.length): Malformed => ({
  ...{ method, target, headers, body, sent },
});

const nonsense = fc.oneof(
  fc.constantFrom("", "{", '{"grant_type":', "null", "[]", "7", '"text"', "{'a':1}", `{"a":1}${MARK}`, `${"[".repeat(5_000)}`),
  fc.json().map((json) => `${json},`),
);
const values = fc.oneof(
  fc.constantFrom<unknown>(MARK, null, 0, true, [], {}, [MARK], { a: MARK }, "\u0000", "�", "ÿ".repeat(300)),
  fc.jsonValue(),
);

/** Valid JSON that means nothing. A field that is right by chance makes no request valid: there is no grant of this name. */
const wrongFields = fc.dictionary(
  fc.constantFrom("client_id", "client_secret", "code", "refresh_token", "session_id", "family", "__proto__"),
  values,
);

const odd: fc.Arbitrary<Malformed["headers"]> = fc.constantFrom<Malformed["headers"]>(
  [],
  [["authorization", `Bearer ${MARK}`]],
  [["authorization", "Basic ====="]],
  [["authorization", `Basic ${Buffer.from(`%zz:${MARK}`).toString("base64")}`]],
  [
    ["accept", "*/*;q=nonsense"],
    ["x-odd", "ÿ\t~"],
  ],
  [["cookie", `a=${MARK}; =; ;;`]],
  [["origin", "null"]],
  [["accept-encoding", "x".repeat(4_000)]],
);

const percent = fc.constantFrom("%", "%zz", "%00", "%c3%28", "%ff", "%2e%2e%2f", "..", "//", "%E0%A4%A", "a%20b", "\\", "~".repeat(2_000));

export const malformed: fc.Arbitrary<Malformed> = fc.oneof(
  // Another media type than the one it takes.
  fc
    .tuple(
      fc.constantFrom(...POSTS),
      fc.constantFrom("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", "", "application/json2"),
      odd,
    )
    .map(([path, type, headers]) =>
      request("POST", path, [...headers, ["content-type", type]], bytes(`{"grant_type":"refresh_token","refresh_token":"${MARK}"}`)),
    ),
  // A body that is no JSON, or none of an object.
  fc
    .tuple(fc.constantFrom(...POSTS), nonsense, odd)
    .map(([path, text, headers]) => request("POST", path, [...headers, JSON_TYPE], bytes(text))),
  // JSON that says the wrong things.
  fc
    .tuple(fc.constantFrom(...POSTS), wrongFields, fc.constantFrom("refresh_token", "authorization_code", MARK, "", "password"), odd)
    .map(([path, fields, grant, headers]) =>
      request("POST", path, [...headers, JSON_TYPE], bytes(JSON.stringify({ ...fields, grant_type: grant }))),
    ),
  // Bytes that are no UTF-8.
  fc
    .tuple(fc.constantFrom(...POSTS), fc.uint8Array({ minLength: 1, maxLength: 200 }), odd)
    .map(([path, noise, headers]) =>
      request("POST", path, [...headers, JSON_TYPE], Buffer.concat([bytes('{"refresh_token":"'), noise, Buffer.from([0xff, 0xfe])])),
    ),
  // A body that breaks off.
  fc
    .tuple(fc.constantFrom(...POSTS), fc.integer({ min: 0, max: 40 }))
    .map(([path, sent]) => request("POST", path, [JSON_TYPE], bytes(`{"grant_type":"refresh_token","refresh_token":"${MARK}"}`), sent)),
  // Methods that an endpoint does not take.
  fc
    .tuple(fc.constantFrom("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND"), fc.constantFrom(...POSTS, ...GETS), odd)
    .map(([method, path, headers]) => request(method, path, headers)),
  fc.tuple(fc.constantFrom(...POSTS), odd).map(([path, headers]) => request("GET", path, headers)),
  fc.tuple(fc.constantFrom(...GETS), odd).map(([path, headers]) => request("POST", path, [...headers, JSON_TYPE], bytes("{}"))),
  // Parameters that are repeated, empty or foreign.
  fc
    .tuple(
      fc.constantFrom(...GETS),
      fc.array(
        fc.tuple(
          fc.constantFrom("client_id", "redirect_uri", "session_id", "state", "limit"),
          fc.constantFrom(MARK, "", "%zz", "a&a", "%00"),
        ),
        { maxLength: 8 },
      ),
    )
    .map(([path, query]) =>
      request("GET", `${path}?client_id=${MARK}&client_id=client_test&${query.map(([name, value]) => `${name}=${value}`).join("&")}`, []),
    ),
  // Paths that lead nowhere.
  fc
    .tuple(fc.constantFrom(...POSTS, ...GETS), percent, odd)
    .map(([path, end, headers]) => request("GET", `${path}/${MARK}${end.replace(" ", "")}`, headers)),
  fc.tuple(percent, odd).map(([start, headers]) => request("GET", `/${start}/${MARK}`, headers)),
);

/** Whether fetch can make such a request at all; the others exist on a wire only. */
export function isFetchable({ method, body, sent, headers }: Malformed): boolean {
  const hasNoBody = method === "GET" || method === "HEAD";
  return sent === body.length && !(hasNoBody && body.length > 0) && headers.every(([, value]) => !/[^\x20-\xff\t]/.test(value));
}
