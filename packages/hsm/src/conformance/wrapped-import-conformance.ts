// SPDX-License-Identifier: Apache-2.0
/** Conformance: keys that come in encrypted to an exchange key. */

import { describe, expect, it } from "@jest/globals";
import { isStrongroomError } from "@strongroom/core";
import type { GeneratedKey, KeySpec } from "../client/hsm-keys.ts";
import { exchangeHashes } from "../keys/algorithms.ts";
import { isAes, type KeyType } from "../keys/key-types.ts";
import { brokenRsaKeys } from "./broken-rsa-keys.ts";
import { expectKnown } from "./expect-known.ts";
import { allTypes, makeKnownKey } from "./known-keys.ts";
import { lacksType } from "./lacks-type.ts";
import type { Subjects } from "./subjects.ts";
import { wrapToExchange } from "./wrap-to-exchange.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const exchangePlace = { scope: "vault-1", keyId: "exchange" } as const;
const badParameter = { code: "BadParameter" } as const;

function specOf(type: KeyType): KeySpec {
  const operations = isAes(type) ? (["encrypt", "decrypt"] as const) : (["sign"] as const);
  return { ...place, type, operations, class: "N" };
}

/** Wrong numbers that a token may do without: private exponent, or factors and what belongs to them. */
const mayBeTaken = [
  ...["another private exponent", "another first factor", "one factor of one"],
  ...["the first factor twice", "exponents for other factors", "another first exponent"],
  "another coefficient",
];

async function outcomeOf(attempt: Promise<unknown>): Promise<string> {
  return await attempt.then(
    () => "taken",
    (error: unknown) => (isStrongroomError(error) ? error.code : String(error)),
  );
}

/** Tests of keys that arrive encrypted. */
export function describeWrappedImport({ hsm, other }: Subjects): void {
  let exchange: GeneratedKey | undefined;
  const exchangeKey = async (): Promise<GeneratedKey> => {
    const spec: KeySpec = {
      ...exchangePlace,
      type: "rsa-2048",
      operations: ["import"],
      class: "N",
    };
    exchange ??= await hsm().client.generateKey(spec);
    return exchange;
  };
  const cases = exchangeHashes.flatMap((name) => allTypes.map((type) => [name, type] as const));

  describe("wrapped import", () => {
    it.each(cases)(
      "with OAEP of %s opens a %s key inside the token",
      async (hashName, type) => {
        if (await lacksType(hsm(), type)) {
          return;
        }
        const { blob, publicKey } = await exchangeKey();
        const known = makeKnownKey(type);
        const ciphertext = wrapToExchange(publicKey, hashName, known.material);
        const wrapped = { exchange: blob, exchangePlace, hash: hashName, ciphertext };
        await expectKnown(hsm(), await hsm().client.importWrapped(specOf(type), wrapped), known);
      },
      60_000,
    );

    it("opens with AES keys of 128 and 192 bits as well", async () => {
      const { blob, publicKey } = await exchangeKey();
      const known = makeKnownKey("ec-p256");
      for (const bytes of [16, 24]) {
        const carrier = new Uint8Array(bytes).fill(3);
        const ciphertext = wrapToExchange(publicKey, "SHA-1", known.material, carrier);
        const made = hsm().client.importWrapped(specOf("ec-p256"), {
          exchange: blob,
          hash: "SHA-1",
          ciphertext,
        });
        await expectKnown(hsm(), await made, known);
      }
    });

    it.each(exchangeHashes)(
      "with OAEP of %s says the same of everything that does not open",
      async (hashName) => {
        const { client } = hsm();
        const { blob, publicKey } = await exchangeKey();
        const { material } = makeKnownKey("ec-p256");
        const right = wrapToExchange(publicKey, hashName, material);
        const wrongHash = hashName === "SHA-1" ? "SHA-256" : "SHA-1";
        const messages = new Set<string>();
        for (const ciphertext of [
          right.with(10, (right[10] ?? 0) ^ 1),
          right.with(-1, (right.at(-1) ?? 0) ^ 1),
          right.subarray(0, 256),
          right.subarray(0, 100),
          new Uint8Array(0),
          wrapToExchange(publicKey, wrongHash, material),
          wrapToExchange(publicKey, hashName, material, new Uint8Array(32)).with(300, 0),
          wrapToExchange(publicKey, hashName, makeKnownKey("rsa-2048").material),
        ]) {
          const wrapped = { exchange: blob, hash: hashName, ciphertext };
          const failure = await client
            .importWrapped(specOf("ec-p256"), wrapped)
            .catch((error: Error) => error);
          expect(failure).toMatchObject(badParameter);
          messages.add((failure as Error).message);
        }
        expect([...messages]).toEqual(["the wrapped key does not open with the exchange key"]);
      },
      60_000,
    );

    it("refuses a key of another curve or length than it is said to be", async () => {
      const { client } = hsm();
      const { blob, publicKey } = await exchangeKey();
      for (const [said, is] of [
        ["ec-p256", "ec-p384"],
        ["ec-p256", "ec-p256k"],
        ["rsa-3072", "rsa-2048"],
        ["aes-256", "aes-128"],
      ] as const) {
        const ciphertext = wrapToExchange(publicKey, "SHA-256", makeKnownKey(is).material);
        const wrapped = { exchange: blob, hash: "SHA-256", ciphertext } as const;
        await expect(client.importWrapped(specOf(said), wrapped)).rejects.toMatchObject(
          badParameter,
        );
      }
    }, 60_000);

    it("refuses an RSA key whose numbers do not belong together, unless it signs all the same", async () => {
      const { client, lacks } = hsm();
      const { blob, publicKey } = await exchangeKey();
      const outcomes = new Map<string, string>();
      for (const [what, material] of brokenRsaKeys()) {
        const ciphertext = wrapToExchange(publicKey, "SHA-256", material);
        const wrapped = { exchange: blob, exchangePlace, hash: "SHA-256", ciphertext } as const;
        if (!lacks.includes(`refusal of ${what}`)) {
          outcomes.set(what, await outcomeOf(client.importWrapped(specOf("rsa-2048"), wrapped)));
        }
      }
      const taken = [...outcomes].filter(([, outcome]) => outcome === "taken");
      for (const [what] of taken) {
        // The public half is the right one, and the token finds its way without what is wrong.
        expect(mayBeTaken).toContain(what);
        outcomes.delete(what);
      }
      expect(outcomes.size).toBeGreaterThanOrEqual(13);
      expect(new Set(outcomes.values())).toEqual(new Set(["BadParameter"]));
    }, 120_000);

    it("takes an exchange key of this token, for import, at its place", async () => {
      const { client } = hsm();
      const { blob, publicKey } = await exchangeKey();
      const { material } = makeKnownKey("aes-256");
      const ciphertext = wrapToExchange(publicKey, "SHA-1", material);
      const decryptor: KeySpec = {
        ...place,
        type: "rsa-2048",
        operations: ["decrypt"],
        class: "N",
      };
      const foreign: KeySpec = { ...place, type: "rsa-2048", operations: ["import"], class: "N" };
      for (const wrong of [
        { exchange: (await client.generateKey(decryptor)).blob },
        { exchange: (await other().client.generateKey(foreign)).blob },
        { exchange: blob, exchangePlace: place },
      ]) {
        const attempt = client.importWrapped(specOf("aes-256"), {
          ...wrong,
          hash: "SHA-1",
          ciphertext,
        });
        await expect(attempt).rejects.toMatchObject({ code: "HsmBlobRejected" });
      }
      const use = client.decrypt(blob, "RSA-OAEP", { ciphertext: ciphertext.subarray(0, 256) });
      await expect(use).rejects.toMatchObject({ code: "HsmBlobRejected" });
    }, 60_000);
  });
}
