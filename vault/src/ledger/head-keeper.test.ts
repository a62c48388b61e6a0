// SPDX-License-Identifier: Apache-2.0
import { randomUUID, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import {
  fromBase64url,
  fromHex,
  headDigest,
  type LogHead,
  leafHash,
  systemClock,
  toHex,
  verifyInclusion,
} from "@strongroom/core";
import { fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import { openTestLedger, putting } from "./__fixtures__/open-test-ledger.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-ledger-"));
afterAll(() => rmSync(directory, { recursive: true }));
const newFile = () => join(directory, `${randomUUID()}.db`);

const unavailable = { code: "AuditUnavailable" };

describe("a commit with a head", () => {
  it("answers a signed head and a proof that the leaf is in it", async () => {
    const hsm = fakeHeadSigner();
    await using opened = await openTestLedger(newFile(), hsm);
    const { ledger, store } = opened;
    const committed = await Promise.all(
      [1, 2, 3, 4, 5].map((content) => ledger.commitWithHead(putting(content))),
    );
    for (const { head, proof, index } of committed) {
      const { signature, ...unsigned } = head;
      const publicKey = { key: hsm.publicKey, dsaEncoding: "ieee-p1363" } as const;
      const digest = headDigest(unsigned satisfies LogHead);
      expect(verify(null, digest, publicKey, fromBase64url(signature))).toBe(true);
      const [stored] = await store.leaves(ledger.log, { from: index, limit: 1 });
      expect(proof.leafHash).toBe(toHex(leafHash(stored?.bytes ?? new Uint8Array())));
      const path = proof.path.map(fromHex);
      const [leaf, root] = [fromHex(proof.leafHash), fromHex(head.root)];
      expect(verifyInclusion({ index, size: head.size, leaf, path, root })).toBe(true);
    }
    expect(ledger.head().size).toBe(6);
  });

  it("costs one signature for a whole group", async () => {
    const hsm = fakeHeadSigner();
    await using opened = await openTestLedger(newFile(), hsm);
    const before = hsm.signed.length;
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => opened.ledger.commitWithHead(putting(i))),
    );
    expect(hsm.signed.length - before).toBe(1);
  });

  it.each(["before", "after"] as const)(
    "fails when the HSM fails %s it anchors, and works when it is back",
    async (when) => {
      const hsm = fakeHeadSigner();
      await using opened = await openTestLedger(newFile(), hsm);
      const { ledger } = opened;
      hsm.fail(when);
      await expect(ledger.commitWithHead(putting(1))).rejects.toMatchObject(unavailable);
      // Without a head it needs no HSM.
      await ledger.commit(putting(2));
      hsm.fail("never");
      const { head } = await ledger.commitWithHead(putting(3));
      expect(head.size).toBe(4);
      expect(await hsm.heads()).toMatchObject([{ size: 4 }]);
    },
  );

  it("follows a log that grows within about a second, without anyone asking", async () => {
    const hsm = fakeHeadSigner();
    await using opened = await openTestLedger(newFile(), hsm);
    await opened.ledger.commit(putting(1));
    await systemClock.sleep(1500);
    expect(opened.ledger.head().size).toBe(2);
    const signatures = hsm.signed.length;
    await systemClock.sleep(1500);
    expect(hsm.signed.length).toBe(signatures);
  });
});
