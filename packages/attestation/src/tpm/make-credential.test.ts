// SPDX-License-Identifier: Apache-2.0
import {
  constants,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  privateDecrypt,
} from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromBase64url, fromHex, toBase64url, utf8 } from "@strongroom/core";
import { rsaEk } from "../__fixtures__/ek-chain.ts";
import { ByteReader } from "../byte-reader.ts";
import type { StrongHash } from "./algorithms.ts";
import { deviceId, toEndorsementKey } from "./endorsement-key.ts";
import { kdfa } from "./key-derivation.ts";
import { makeCredential } from "./make-credential.ts";

const akName = new Uint8Array(34).fill(3);
const secret = new Uint8Array(32).fill(5);

const u32 = (value: number) => new Uint8Array([0, 0, value >> 8, value & 0xff]);

/** TPM2_ActivateCredential, written from TPM 2.0 Part 1, sections 11.4.10 and 24, for a key of this hash. */
function activate(
  { credentialBlob, encryptedSecret }: ReturnType<typeof makeCredential>,
  openSeed: (encrypted: Uint8Array) => Uint8Array,
  { hash, bits }: { readonly hash: StrongHash; readonly bits: 128 | 256 },
): Uint8Array {
  const whole = new ByteReader(encryptedSecret);
  const seed = openSeed(whole.sized16());
  whole.end();
  const derive = (label: string, context: Uint8Array, length: number) =>
    createHmac(hash, seed)
      .update(concatBytes(u32(1), utf8(`${label}\0`), context, u32(length)))
      .digest()
      .subarray(0, length / 8);
  const outer = new ByteReader(credentialBlob);
  const blob = new ByteReader(outer.sized16());
  outer.end();
  const mac = blob.sized16();
  const encrypted = blob.rest();
  const macKey = derive(
    "INTEGRITY",
    new Uint8Array(),
    { sha256: 256, sha384: 384, sha512: 512 }[hash],
  );
  const expected = createHmac(hash, macKey).update(encrypted).update(akName).digest();
  expect(mac).toEqual(new Uint8Array(expected));
  const key = derive("STORAGE", akName, bits);
  const decipher = createDecipheriv(`aes-${bits}-cfb`, key, new Uint8Array(16));
  const opened = new ByteReader(decipher.update(encrypted));
  const found = opened.sized16();
  opened.end();
  return found;
}

describe("a credential", () => {
  it.each([
    ["2048", rsaEk, "sha256", 128],
    ["3072", generateKeyPairSync("rsa", { modulusLength: 3072 }), "sha384", 256],
    ["4096", generateKeyPairSync("rsa", { modulusLength: 4096 }), "sha384", 256],
  ] as const)("is opened by the RSA key of %s bits that it was made for", (_, ek, hash, bits) => {
    const made = makeCredential({ ekPublic: toEndorsementKey(ek.publicKey), akName, secret });
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const oaep = { key: ek.privateKey, padding, oaepHash: hash, oaepLabel: utf8("IDENTITY\0") };
    const openSeed = (encrypted: Uint8Array) => privateDecrypt(oaep, encrypted);
    expect(activate(made, openSeed, { hash, bits })).toEqual(secret);
  });

  it.each([
    ["P-256", "sha256", 128, 32],
    ["P-384", "sha384", 256, 48],
    ["P-521", "sha512", 256, 64],
  ] as const)("is opened by the key of %s that it was made for", (crv, hash, bits, size) => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: crv });
    const longest = new Uint8Array(size).fill(6);
    const ekPublic = toEndorsementKey(publicKey);
    const made = makeCredential({ ekPublic, akName, secret: longest });
    const openSeed = (encrypted: Uint8Array) => {
      const point = new ByteReader(encrypted);
      const [x, y] = [point.sized16(), point.sized16()];
      const jwk = { kty: "EC", crv, x: toBase64url(x), y: toBase64url(y) };
      const shared = diffieHellman({
        ...{ privateKey, publicKey: createPublicKey({ key: jwk, format: "jwk" }) },
      });
      const theirs = fromBase64url(publicKey.export({ format: "jwk" }).x ?? "");
      const input = concatBytes(u32(1), shared, utf8("IDENTITY\0"), x, theirs);
      return createHash(hash).update(input).digest();
    };
    expect(activate(made, openSeed, { hash, bits })).toEqual(longest);
  });

  it("is fresh each time", () => {
    const ekPublic = toEndorsementKey(rsaEk.publicKey);
    const one = makeCredential({ ekPublic, akName, secret });
    const two = makeCredential({ ekPublic, akName, secret });
    expect(one.credentialBlob).not.toEqual(two.credentialBlob);
  });

  it("is derived from as many blocks as are asked for", () => {
    const seed = new Uint8Array(32).fill(1);
    const derivation = { hash: "sha256", label: "A", contextV: akName, bits: 320 } as const;
    const block = (counter: number) =>
      createHmac("sha256", seed)
        .update(concatBytes(u32(counter), utf8("A\0"), akName, u32(320)))
        .digest();
    expect(kdfa(seed, derivation)).toEqual(concatBytes(block(1), block(2).subarray(0, 8)));
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
    ["RSA-PSS", generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey],
    ["RSA-1024", generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey],
    ["P-256K", generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey],
    ["SM2", generateKeyPairSync("ec", { namedCurve: "SM2" }).publicKey],
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

  it("has SHA-384 and AES-256 with RSA of 4096 bits", () => {
    const n = toBase64url(new Uint8Array(512).fill(0xff));
    const key = createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });
    expect(toEndorsementKey(key).parameters).toEqual({
      ...{ type: "rsa", keyBits: 4096, nameAlgorithm: "sha384", symmetricBits: 256 },
    });
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
