import { EXPIRED, FIRST_REFRESH_TOKEN, FRESH, LOADS, NOW, type Outcome, SECOND_REFRESH_TOKEN } from "./scenario.ts";
import { StrictRotation, singleFlight } from "./single-flight.ts";

/** Weight 1: target and issuer are plain functions that exchange plain objects. */
interface PageRequest {
  readonly expires: number;
  readonly refreshToken: string;
}

interface PageAnswer {
  readonly status: number;
  readonly refreshToken: string | null;
}

type RefreshAnswer =
  | { readonly status: 200; readonly expires: number; readonly refreshToken: string }
  | { readonly status: 400; readonly error: "invalid_grant" };

export type Party = "browser" | "isolate" | "issuer";

/** Resolves when a message has arrived. When that is, the scheduler of the side decides. */
export type Arrive = (kind: "request" | "response", from: Party, to: Party, label: string) => Promise<void>;

/** The whole scenario. Both sides run this very function; only `arrive` differs. */
export async function playPlain(arrive: Arrive): Promise<Outcome> {
  const rotation = new StrictRotation(FIRST_REFRESH_TOKEN, SECOND_REFRESH_TOKEN);
  const target = createTarget(async (refreshToken) => {
    await arrive("request", "isolate", "issuer", "POST /token");
    const answer = redeem(rotation, refreshToken);
    await arrive("response", "issuer", "isolate", "POST /token");
    return answer;
  });

  const load = async (label: string): Promise<number> => {
    await arrive("request", "browser", "isolate", label);
    const answer = await target({ expires: EXPIRED, refreshToken: FIRST_REFRESH_TOKEN });
    await arrive("response", "isolate", "browser", label);
    return answer.status;
  };
  const answers = await Promise.all(Array.from({ length: LOADS }, (_, index) => load(`GET / load ${index + 1}`)));
  return { answers, redemptions: rotation.redemptions };
}

function createTarget(send: (refreshToken: string) => Promise<RefreshAnswer>): (request: PageRequest) => Promise<PageAnswer> {
  const refresh = singleFlight(send);
  return async ({ expires, refreshToken }) => {
    if (expires * 1000 > NOW) return { status: 200, refreshToken };
    const answer = await refresh(refreshToken);
    return answer.status === 200 ? { status: 200, refreshToken: answer.refreshToken } : { status: 302, refreshToken: null };
  };
}

function redeem(rotation: StrictRotation, refreshToken: string): RefreshAnswer {
  const successor = rotation.redeem(refreshToken);
  return successor === null ? { status: 400, error: "invalid_grant" } : { status: 200, expires: FRESH, refreshToken: successor };
}
