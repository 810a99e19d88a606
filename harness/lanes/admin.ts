import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import type { Issuer } from "../issuer/issuer.ts";
import type { EventBody } from "../model/event.ts";
import type { AdminActions } from "../model/scenario.ts";

/** What the issuer's own people can do in a world, and what monitors are told of it. */
export function adminOf(issuer: Issuer, emit: (event: EventBody) => void): AdminActions {
  const { control } = issuer;
  const baked = issuer.jwks.keys.map(({ kid }) => String(kid));
  let rotations = 0;

  function tell(): void {
    const keys = control.keys.list();
    const signs = keys.find((key) => key.signs)?.kid ?? "";
    emit({ type: "keys-changed", signs, published: keys.filter((key) => key.published).map(({ kid }) => kid), baked });
  }

  return {
    async addMember(userId, organizationId) {
      control.putMembership({ userId, organizationId, role: "member" });
    },
    endSessions: async (user) => control.revoke({ user }, "admin"),
    async rotateKeys() {
      // Monitors learn which key it was before they learn of the new one.
      tell();
      const key = signingKeys[++rotations % signingKeys.length];
      await control.keys.rotate({ key, kid: `rotated-key-${rotations}`, overlap: null });
      tell();
    },
    async retireKeys() {
      for (const { id, signs, published } of control.keys.list()) if (published && !signs) control.keys.retire(id);
      tell();
    },
    async outage(endpoint, part) {
      emit({ type: "faults-began" });
      const [id] = control.faults.add({
        at: endpoint === "all" ? {} : { endpoint },
        times: null,
        when: "before-commit",
        effect: { kind: "answer", status: 503, body: "json" },
      });
      try {
        return await part();
      } finally {
        if (id !== undefined) control.faults.remove(id);
        emit({ type: "faults-ended" });
      }
    },
  };
}
