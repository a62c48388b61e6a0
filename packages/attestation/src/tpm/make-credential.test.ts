// SPDX-License-Identifier: Apache-2.0
import {
  constants,
  createDecipheriv,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
} from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, utf8 } from "@strongroom/core";
import { rsaEk } from "../__fixtures__/ek-chain.ts";
import { ByteReader } from "../byte-reader.ts";
import { tpm2b } from "./encode.ts";
import { deviceId, toEndorsementKey } from "./endorsement-key.ts";
import { kdfa } from "./key-derivation.ts";
import { makeCredential } from "./make-credential.ts";

const akName = new Uint8Array(34).fill(3);
const secret = new Uint8Array(32).fill(5);

describe("a credential", () => {
  it("is fresh each time, and its secret is only in the endorsement key's reach", () => {
    const ekPublic = toEndorsementKey(rsaEk.publicKey);
    const one = makeCredential({ ekPublic, akName, secret });
    const two = makeCredential({ ekPublic, akName, secret });
    expect(one.credentialBlob).not.toEqual(two.credentialBlob);
    const oaep = {
      key: rsaEk.privateKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: "sha256",
      oaepLabel: utf8("IDENTITY\0"),
    };
    const seed = privateDecrypt(oaep, new ByteReader(one.encryptedSecret).sized16());
    const key = kdfa(seed, { hash: "sha256", label: "STORAGE", contextU: akName, bits: 128 });
    const blob = new ByteReader(one.credentialBlob.subarray(2));
    expect(blob.sized16()).toHaveLength(32);
    const decipher = createDecipheriv("aes-128-cfb", key, new Uint8Array(16));
    expect(new Uint8Array(decipher.update(blob.rest()))).toEqual(tpm2b(secret));
  });

  it("has the sizes of the key's template: SHA-384 and AES-256 for P-384", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const ekPublic = toEndorsementKey(publicKey);
    const { credentialBlob, encryptedSecret } = makeCredential({ ekPublic, akName, secret });
    expect(credentialBlob).toHaveLength(2 + 2 + 48 + 2 + 32);
    expect(encryptedSecret).toHaveLength(2 + 2 + 48 + 2 + 48);
  });

  it("is refused for a secret that is empty or longer than the name hash", () => {
    const ekPublic = toEndorsementKey(rsaEk.publicKey);
    for (const length of [0, 33]) {
      expect(() => makeCredential({ ekPublic, akName, secret: new Uint8Array(length) })).toThrow(
        expect.objectContaining({ code: "BadParameter" }),
      );
    }
  });
});

describe("an endorsement key", () => {
  it.each([
    ["RSA-1024", generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey],
    ["P-521", generateKeyPairSync("ec", { namedCurve: "P-521" }).publicKey],
    ["Ed25519", generateKeyPairSync("ed25519").publicKey],
    [
      "RSA with exponent 3",
      generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey,
    ],
  ])("is refused as %s, for which no template is", (_, key) => {
    expect(() => toEndorsementKey(key)).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });

  it("has one device identity, however its certificate spells the point", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const plain = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
    const sign = 2 + ((plain.at(-1) ?? 0) & 1);
    // The same key with its point compressed, RFC 5480 section 2.2.
    const compressed = concatBytes(
      fromHex("3039301306072a8648ce3d020106082a8648ce3d030107032200"),
      new Uint8Array([sign]),
      plain.subarray(-64, -32),
    );
    const key = Buffer.from(compressed);
    const respelt = createPublicKey({ key, type: "spki", format: "der" });
    expect(deviceId(toEndorsementKey(respelt))).toBe(deviceId(toEndorsementKey(publicKey)));
  });

  it("has the device identity of its key alone", () => {
    const one = deviceId(toEndorsementKey(rsaEk.publicKey));
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(deviceId(toEndorsementKey(rsaEk.publicKey))).toBe(one);
  });
});
