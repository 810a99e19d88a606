import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Artifact, Repository } from "../repository.ts";
import { type Backend, callback, NOW, type OpenBackend, rejectionOf, repositoryOn } from "./backend.testing.ts";

export function describeArtifacts(open: OpenBackend): void {
  describe("artifacts", () => {
    let backend: Backend;
    let repository: Repository;
    let workspaceId: string;
    beforeEach(async () => {
      backend = await open({ lockTimeout: 10_000 });
      repository = repositoryOn(backend);
      workspaceId = (await repository.resolveWebMember(callback())).workspace.id;
    });
    afterEach(() => backend.close());

    const artifact = (id: string, createdAt = NOW): Artifact => ({ id, workspaceId, name: `artifact ${id}`, createdAt });
    const page = (limit: number, cursor: string | null = null) => repository.listArtifacts({ workspaceId, cursor, limit });
    const ids = (items: readonly Artifact[]) => items.map(({ id }) => id);

    it("are listed newest first, by id where the moment is the same, and of one workspace alone", async () => {
      const bob = await repository.resolveWebMember(callback({ workosUserId: "user_bob", idempotencyKey: "workos-jti:2" }));
      const all = [artifact("b"), artifact("a"), artifact("Z"), artifact("c", NOW - 1), artifact("d", NOW + 1)];
      for (const one of all) await backend.addArtifact(one);
      await backend.addArtifact({ ...artifact("e"), workspaceId: bob.workspace.id });

      const { items, nextCursor } = await page(100);
      expect(ids(items)).toEqual(["d", "b", "a", "Z", "c"]);
      expect(items[0]).toEqual(artifact("d", NOW + 1));
      expect(nextCursor).toBeNull();
    });

    it("come in pages that neither repeat nor skip, whatever is added meanwhile", async () => {
      for (const one of [artifact("a"), artifact("b"), artifact("c"), artifact("d", NOW - 1), artifact("e", NOW - 2)])
        await backend.addArtifact(one);
      const first = await page(2);
      expect(ids(first.items)).toEqual(["c", "b"]);
      await backend.addArtifact(artifact("f", NOW + 1));
      const second = await page(2, first.nextCursor);
      expect(ids(second.items)).toEqual(["a", "d"]);
      const third = await page(2, second.nextCursor);
      expect(ids(third.items)).toEqual(["e"]);
      expect(third.nextCursor).toBeNull();
    });

    it("go on after the last one of a page", async () => {
      for (const id of ["a", "b", "c", "d", "e"]) await backend.addArtifact(artifact(id));
      const first = await page(3);
      expect(ids(first.items)).toEqual(["e", "d", "c"]);
      expect(ids((await page(3, first.nextCursor)).items)).toEqual(["b", "a"]);
    });

    it("are read no further than the page needs", async () => {
      for (const id of ["a", "b", "c"]) await backend.addArtifact(artifact(id));
      expect(await backend.store().listArtifacts({ workspaceId, after: null, limit: 2 })).toEqual([artifact("c"), artifact("b")]);
    });

    it("end without a cursor when the last page is full", async () => {
      for (const id of ["a", "b"]) await backend.addArtifact(artifact(id));
      expect(await page(2)).toMatchObject({ items: [{ id: "b" }, { id: "a" }], nextCursor: null });
    });

    it("are the caller's own objects", async () => {
      await backend.addArtifact(artifact("a"));
      Object.assign((await page(1)).items[0] ?? {}, { name: "changed" });
      expect((await page(1)).items).toEqual([artifact("a")]);
    });

    it("refuse a cursor that is not one of theirs", async () => {
      const encoded = ["null", "[]", '["a", 1]', '[1, ""]', '[1.5, "a"]'].map((text) => Buffer.from(text).toString("base64url"));
      // [1,"\xff"]: no UTF-8.
      for (const cursor of ["", "x", "!", ...encoded, Buffer.from([0x5b, 0x31, 0x2c, 0x22, 0xff, 0x22, 0x5d]).toString("base64url")]) {
        expect(await rejectionOf(page(1, cursor)), cursor).toMatchObject({
          code: "invalid_argument",
          message: "expected the nextCursor of an earlier page, got something else: begin without a cursor",
          cause: expect.any(Error),
        });
      }
    });

    it.each([
      ['[1.5, "a"]', "createdAt"],
      ['[1, ""]', "id"],
    ])("tell an operator what is wrong with the cursor %s: its %s", async (text, name) => {
      const error = await rejectionOf(page(1, Buffer.from(text).toString("base64url")));
      expect(error).toMatchObject({ cause: { message: expect.stringContaining(` ${name} `) } });
    });

    it("refuse a limit that is not 1 to 100", async () => {
      for (const limit of [0, -1, 101, 1.5, Number.NaN]) {
        const message = `expected a limit of 1 to 100, got ${limit}`;
        expect(await rejectionOf(page(limit))).toMatchObject({ code: "invalid_argument", message });
      }
    });
  });
}
