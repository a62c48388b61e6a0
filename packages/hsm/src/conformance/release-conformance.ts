// SPDX-License-Identifier: Apache-2.0
/** Conformance: keys that leave, and keys that move to another place. */

import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { fromHex, utf8 } from "@strongroom/core";
import type { KeySpec } from "../client/hsm-keys.ts";
import { exchangeHashes } from "../keys/algorithms.ts";
import { isAes, type KeyType } from "../keys/key-types.ts";
import { expectRejections } from "./expect-rejections.ts";
import { isSignature } from "./is-signature.ts";
import { allTypes, makeKnownKey } from "./known-keys.ts";
import { lacksType } from "./lacks-type.ts";
import { openRelease } from "./open-release.ts";
import { toSign } from "./signing-conformance.ts";
import type { Subjects } from "./subjects.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const elsewhere = { scope: "vault-2", keyId: "key-2" } as const;
const badParameter = { code: "BadParameter" } as const;
const rejected = { code: "HsmBlobRejected" } as const;

function exportable(type: KeyType): KeySpec {
  const operations = isAes(type) ? (["encrypt"] as const) : (["sign"] as const);
  return { ...place, type, operations, class: "E" };
}

const cases = exchangeHashes.flatMap((hash) => allTypes.map((type) => [hash, type] as const));

/** Tests of release. */
export function describeRelease({ hsm }: Subjects): void {
  describe("release", () => {
    it.each(cases)(
      "by OAEP with %s of a %s key gives that key to who holds the target",
      async (hash, type) => {
        if (await lacksType(hsm(), type)) {
          return;
        }
        const { client } = hsm();
        const known = makeKnownKey(type);
        const { blob } = await client.importKey(exportable(type), known.material);
        const target = makeKnownKey("rsa-2048");
        const ciphertext = await client.releaseKey(
          blob,
          { publicKey: target.publicKey, hash },
          place,
        );
        const opened = openRelease(target, hash, ciphertext);
        if (isAes(type)) {
          expect(new Uint8Array(opened)).toEqual(known.material);
          return;
        }
        const key = createPrivateKey({ key: Buffer.from(opened), format: "der", type: "pkcs8" });
        const spki = createPublicKey(key).export({ format: "der", type: "spki" });
        expect(Buffer.from(spki)).toEqual(Buffer.from(known.publicKey));
      },
      60_000,
    );

    it("never happens to a class N key or a data key, at another place, or to a weak or no RSA key", async () => {
      const { client } = hsm();
      const target = { publicKey: makeKnownKey("rsa-2048").publicKey, hash: "SHA-256" } as const;
      const { blob } = await client.generateKey(exportable("ec-p256"));
      const hidden = await client.generateKey({ ...exportable("ec-p256"), class: "N" });
      const dataKey = await client.generateDataKey(place);
      await expectRejections(
        [
          client.releaseKey(hidden.blob, target),
          client.releaseKey(dataKey, target),
          client.releaseKey(blob, target, elsewhere),
          client.releaseKey(blob.with(-1, (blob.at(-1) ?? 0) ^ 1), target),
        ],
        rejected,
      );
      for (const wrong of [
        { ...target, publicKey: makeKnownKey("ec-p256").publicKey },
        { ...target, publicKey: new Uint8Array(0) },
        { ...target, publicKey: fromHex(rsa1024) },
        // Exponents of which everybody reads what is encrypted, or with which a token ended.
        ...["AA", "AQ", "Ag"].flatMap((e) =>
          exchangeHashes.map((hash) => ({ hash, publicKey: withExponent(target.publicKey, e) })),
        ),
        { ...target, hash: "SHA-512" as "SHA-256" },
      ]) {
        await expect(client.releaseKey(blob, wrong)).rejects.toMatchObject(badParameter);
      }
    });
  });
}

/** The key with another exponent, base64url. */
function withExponent(publicKey: Uint8Array, e: string): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
  const jwk = { ...key.export({ format: "jwk" }), e };
  const changed = createPublicKey({ key: jwk, format: "jwk" });
  return new Uint8Array(changed.export({ format: "der", type: "spki" }));
}

/** SubjectPublicKeyInfo of an RSA key of 1024 bits. */
const rsa1024 =
  "30819f300d06092a864886f70d010101050003818d0030818902818100" +
  `c1${"5b".repeat(126)}d1` +
  "0203010001";

/** Tests of moving keys. */
export function describeRebinding({ hsm, other }: Subjects): void {
  describe("a key that moves to another place", () => {
    it("is the same key there, and not here", async () => {
      const { client } = hsm();
      for (const keyClass of ["N", "E"] as const) {
        const key = await client.generateKey({ ...exportable("ec-p256"), class: keyClass });
        const moved = await client.rebind(key.blob, place, elsewhere);
        const signature = await client.sign(moved, "ES256", toSign("ES256"), elsewhere);
        expect(isSignature(key.publicKey, utf8("what is signed"), signature)).toBe(true);
        const attempt = client.sign(moved, "ES256", toSign("ES256"), place);
        await expect(attempt).rejects.toMatchObject(rejected);
      }
      const dataKey = await client.generateDataKey(place);
      const moved = await client.rebind(dataKey, place, elsewhere);
      expect(await client.openDataKey(moved, elsewhere)).toEqual(await client.openDataKey(dataKey));
      await expect(client.openDataKey(moved, place)).rejects.toMatchObject(rejected);
    });

    it("keeps its class and its operations", async () => {
      const { client } = hsm();
      const target = { publicKey: makeKnownKey("rsa-2048").publicKey, hash: "SHA-1" } as const;
      const hidden = await client.generateKey({ ...exportable("ec-p256"), class: "N" });
      const moved = await client.rebind(hidden.blob, place, elsewhere);
      await expect(client.releaseKey(moved, target)).rejects.toMatchObject(rejected);
      const opener = await client.generateDataKey({ ...place, operations: ["subkey"] });
      const movedOpener = await client.rebind(opener, place, elsewhere);
      await expect(client.openDataKey(movedOpener)).rejects.toMatchObject(rejected);
    });

    it("must be of this token and be where it is said to be, and go somewhere", async () => {
      const { client } = hsm();
      const { blob } = await client.generateKey(exportable("ec-p256"));
      const foreign = await other().client.generateKey(exportable("ec-p256"));
      await expectRejections(
        [
          client.rebind(blob, elsewhere, place),
          client.rebind(foreign.blob, place, elsewhere),
          client.rebind(blob.with(60, (blob[60] ?? 0) ^ 1), place, elsewhere),
        ],
        rejected,
      );
      for (const nowhere of [
        { scope: "", keyId: "x" },
        { scope: "a b", keyId: "x" },
      ]) {
        await expect(client.rebind(blob, place, nowhere)).rejects.toMatchObject(badParameter);
      }
    });
  });
}
