import type { LiveStage } from "../stage.ts";

/** Tells the monitors which keys there are now. Which of them the app was deployed with, nobody outside knows. */
export function keysChanged({ scene }: LiveStage): void {
  const keys = scene.parts.issuer.control.keys.list();
  scene.parts.recording.moment({ kind: "task", from: null, to: "issuer", label: "the keys are looked at" });
  const signs = keys.find((key) => key.signs)?.kid ?? "";
  scene.emit({ type: "keys-changed", signs, published: keys.flatMap(({ kid, published }) => (published ? [kid] : [])), baked: [] });
}
