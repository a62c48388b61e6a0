// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { createAmdVendor, pemOf } from "@strongroom/testing";
import { parseCertificate } from "../x509/certificate.ts";
import { parseJwks } from "./jwks.ts";
import { readIssuerKeys } from "./read-issuer-keys.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
const [rsaJwk, ecJwk] = [rsa, ec].map((key) => key.export({ format: "jwk" }));
const certificate = createAmdVendor("Genoa").leaf();
const certified = parseCertificate(certificate).publicKey;
const x5c = [Buffer.from(certificate).toString("base64")];
const json = (value: unknown) => utf8(JSON.stringify(value));
const bare = { kid: undefined, alg: undefined };
const refusal = (message: string) =>
  expect.objectContaining({
    code: "EvidenceMalformed",
    message: expect.stringContaining(message),
  });

describe("an issuer's key set", () => {
  it.each<[string, unknown, ReturnType<typeof parseJwks>]>([
    ["one key", ecJwk, [{ ...bare, key: ec }]],
    [
      "keys with identifier and algorithm",
      {
        keys: [
          { ...rsaJwk, kid: "r", alg: "PS256" },
          { ...ecJwk, kid: "e" },
        ],
      },
      [
        { kid: "r", alg: "PS256", key: rsa },
        { kid: "e", alg: undefined, key: ec },
      ],
    ],
    ["identifiers that are none", { keys: [{ ...ecJwk, kid: 1, alg: 2 }] }, [{ ...bare, key: ec }]],
    [
      "keys for signing alone",
      {
        keys: [
          { ...rsaJwk, use: "enc" },
          { ...ecJwk, use: "sig" },
        ],
      },
      [{ ...bare, key: ec }],
    ],
    [
      "keys of other kinds, and what is none",
      { keys: [{ kty: "oct", k: "AA" }, { kty: "OKP", use: "sig" }, null, 1, rsaJwk] },
      [{ ...bare, key: rsa }],
    ],
    ["a key in a certificate", { keys: [{ kty: "EC", x5c }] }, [{ ...bare, key: certified }]],
    ["a chain alone", { x5c: [...x5c, "AA"] }, [{ ...bare, key: certified }]],
    ["a chain for encryption", { keys: [{ use: "enc", x5c }] }, []],
    ["a key before its certificate", { keys: [{ ...rsaJwk, x5c }] }, [{ ...bare, key: rsa }]],
    ["a point before its certificate", { keys: [{ ...ecJwk, x5c }] }, [{ ...bare, key: ec }]],
    ["no key", { keys: [] }, []],
    ["the most keys", { keys: Array(64).fill(ecJwk) }, Array(64).fill({ ...bare, key: ec })],
  ])("may have %s", (_, value, keys) => {
    const found = parseJwks(json(value));
    expect(found.map(({ kid, alg }) => ({ kid, alg }))).toEqual(
      keys.map(({ kid, alg }) => ({ kid, alg })),
    );
    expect(found.every(({ key }, index) => keys[index]?.key.equals(key))).toBe(true);
  });

  it.each<[string, string, unknown]>([
    ["text", "not a key set", "keys"],
    ["a list", "not a key set", [ecJwk]],
    ["keys in an object", "not a key set", { keys: { one: ecJwk } }],
    ["too many keys", "not a key set", { keys: Array(65).fill(ecJwk) }],
    ["a point off its curve", "a key of the set is none", { keys: [{ ...ecJwk, y: ecJwk?.x }] }],
    ["a key without its point", "a key of the set is none", { keys: [{ kty: "EC" }] }],
    [
      "a certificate that is no text",
      "a key of the set is none",
      { keys: [{ kty: "EC", x5c: [1] }] },
    ],
    [
      "a certificate that is none",
      "a key of the set is none",
      { keys: [{ kty: "EC", x5c: ["AA"] }] },
    ],
  ])("is malformed with %s: %s", (_, message, value) => {
    expect(() => parseJwks(json(value))).toThrow(refusal(message));
  });
});

describe("a file with an issuer's keys", () => {
  const pem = pemOf("CERTIFICATE", certificate);
  const spki = ec.export({ type: "spki", format: "pem" });

  it.each<[string, Uint8Array, readonly unknown[]]>([
    [
      "a key set",
      utf8(`\n ${JSON.stringify({ ...ecJwk, kid: "e" })}`),
      [{ ...bare, kid: "e", key: ec }],
    ],
    ["a public key", utf8(`\n${spki}`), [{ ...bare, key: ec }]],
    [
      "certificates and keys",
      utf8(`${pem}\n${spki}`),
      [
        { ...bare, key: certified },
        { ...bare, key: ec },
      ],
    ],
    [
      "blocks of other kinds too",
      utf8(`${pemOf("EC PARAMETERS", certificate)}\n${spki}`),
      [{ ...bare, key: ec }],
    ],
    [
      "an RSA key in its own form",
      utf8(`${rsa.export({ type: "pkcs1", format: "pem" })}`),
      [{ ...bare, key: rsa }],
    ],
    ["a certificate in DER", certificate, [{ ...bare, key: certified }]],
  ])("may be %s", (_, file, keys) => {
    expect(readIssuerKeys(file)).toEqual(keys);
  });

  it.each(["sec1", "pkcs8"] as const)("may be the private key, in %s", (type) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const file = utf8(`${privateKey.export({ type, format: "pem" })}`);
    expect(readIssuerKeys(file).map(({ key }) => [key.type, key.equals(publicKey)])).toEqual([
      ["public", true],
    ]);
  });

  it.each<[string, string, Uint8Array]>([
    ["text", "no key of an issuer", utf8("a word")],
    ["a private key that is none", "is none", utf8(pemOf("EC PRIVATE KEY", certificate))],
    ["a key set without any", "no key of an issuer", json({ keys: [] })],
    ["blocks of other kinds alone", "no key of an issuer", utf8(pemOf("OTHER", certificate))],
    ["a public key that is none", "is none", utf8(pemOf("PUBLIC KEY", certificate))],
    ["bytes that are no certificate", "is none", Uint8Array.of(0x30, 0)],
    ["a certificate that is none", "is none", utf8(pemOf("CERTIFICATE", Uint8Array.of(0x30, 0)))],
  ])("is malformed with %s: %s", (_, message, file) => {
    expect(() => readIssuerKeys(file)).toThrow(refusal(message));
  });
});
