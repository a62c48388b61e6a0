// SPDX-License-Identifier: Apache-2.0
/**
 * Whoever got into the host's process tries Tookan's attacks A1 to A5b on the objects that the host keeps:
 * `attack-token.ts COMMAND SETTINGS`. Each attack is a line of JSON on standard error: its name, and what the token answered.
 *
 * Bortolozzo, Centenaro, Focardi, Steel: Attacking and Fixing PKCS#11 Security Tokens (2010), table 1.
 */

import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pkcs11js, { type Attribute } from "pkcs11js";
import { type Environment, parseConfig } from "../host/config.ts";
import { dataFolder } from "../host/data-folder.ts";
import { encryptWith, toMechanism } from "../token/aes-ciphers.ts";
import { toTemplate } from "../token/attributes.ts";
import { generateKey, generateLeavingKey } from "../token/generate-key.ts";
import type { Purpose } from "../token/key-purposes.ts";
import { knownRsaKey } from "../token/known-rsa-key.ts";
import { openToken } from "../token/open-token.ts";
import { type Handle, loadModule } from "../token/pkcs11.ts";
import { wrapKey } from "../token/primitives.ts";
import { oaep } from "../token/rsa-decryption.ts";
import { findKey, objectOf } from "../token/use-key.ts";
import { importTarget } from "../token/wrap-to-target.ts";

const [, settings = "{}"] = process.argv.slice(2);
const config = parseConfig(JSON.parse(settings) as Environment);
const module = loadModule(config.module);
const token = openToken(module, readFileSync(join(dataFolder(config.data).root, "pin"), "utf8"));
const place = { scope: "attack", keyId: "key" } as const;
const answers: Record<string, string> = {};

function attempt(name: string, attack: () => unknown): void {
  try {
    attack();
    answers[name] = "done";
  } catch (error) {
    answers[name] = error instanceof Error ? error.message.replace(/:.*/, "") : "?";
  }
}

function objectsOf(
  keyType: "aes-256" | "rsa-2048" | "ec-p256",
  operations: readonly ("sign" | "encrypt" | "decrypt" | "wrapKey" | "unwrapKey")[],
  purposes: readonly Purpose[],
): readonly (readonly [string, Handle])[] {
  const { blob } = generateKey(token, { ...place, class: "N", keyType, operations });
  const key = findKey(token, { blob, operation: operations[0] ?? "sign" });
  return purposes.map((purpose) => [`${keyType} ${purpose}`, objectOf(token, key, purpose)]);
}

const all = ["decrypt", "encrypt", "unwrapKey", "wrapKey", "sign"] as const;
const aes = objectsOf("aes-256", all, ["encrypt", "decrypt", "wrap", "unwrap", "mac"]);
const rsa = objectsOf("rsa-2048", ["sign", "decrypt"], ["sign", "decrypt"]);
const ec = objectsOf("ec-p256", ["sign"], ["sign"]);
const keks = Object.entries(token.keks).map(([name, key]) => [`kek-${name}`, key] as const);
const leaving = ["ec-p256", "rsa-2048", "aes-256"].map(
  (type) => [`leaving ${type}`, generateLeavingKey(token, type as "ec-p256", "N").key] as const,
);
const victims = [...aes, ...rsa, ...ec, ...keks, ...leaving];
const publicKey = createPublicKey({ key: { ...knownRsaKey }, format: "jwk" });

// A1: wrap a key, decrypt what it was wrapped to. A2: the same with a public key that wraps.
for (const [name, victim] of victims) {
  for (const [wrapper, key] of [...aes, ...keks.filter(([kek]) => kek !== "kek-n")]) {
    attempt(`A1 wrap ${name} by ${wrapper}`, () =>
      wrapKey(token, { mechanism: token.keyWrap, key }, victim),
    );
  }
  const target = importTarget(token, publicKey);
  attempt(`A2 wrap ${name} by a public key`, () =>
    wrapKey(token, { mechanism: oaep("SHA-1"), key: target }, victim),
  );
}
const iv = Buffer.alloc(16);
const cbc = toMechanism("A256CBC", iv, new Uint8Array(0));
for (const [name, key] of [...keks, ...aes]) {
  attempt(`A1 decrypt with ${name}`, () => {
    module.C_DecryptInit(token.handle, cbc, key);
    module.C_Decrypt(token.handle, iv, Buffer.alloc(32));
  });
  attempt(`A1 encrypt with ${name}`, () => encryptWith(token, key, cbc, iv));
}
for (const [name, key] of rsa) {
  attempt(`A2 unwrap with ${name}`, () =>
    module.C_UnwrapKey(token.handle, oaep("SHA-1"), key, Buffer.alloc(256), toTemplate({})),
  );
}

// A3, A4: read what is sensitive, what is unextractable.
const secretParts = {
  "aes-256": [pkcs11js.CKA_VALUE],
  "ec-p256": [pkcs11js.CKA_VALUE],
  "rsa-2048": [
    pkcs11js.CKA_PRIVATE_EXPONENT,
    pkcs11js.CKA_PRIME_1,
    pkcs11js.CKA_PRIME_2,
    pkcs11js.CKA_EXPONENT_1,
    pkcs11js.CKA_EXPONENT_2,
    pkcs11js.CKA_COEFFICIENT,
  ],
} as const;
for (const [name, victim] of victims) {
  const [, parts = [pkcs11js.CKA_VALUE]] =
    Object.entries(secretParts).find(([type]) => name.includes(type)) ?? [];
  for (const type of parts) {
    attempt(`A3 read ${type} of ${name}`, () =>
      module.C_GetAttributeValue(token.handle, victim, [{ type }]),
    );
  }
}

// A5a, A5b: make it readable, extractable, wrappable, or good for another use; in place and in a copy.
const changes: readonly Attribute[] = [
  { type: pkcs11js.CKA_SENSITIVE, value: false },
  { type: pkcs11js.CKA_EXTRACTABLE, value: true },
  { type: pkcs11js.CKA_WRAP_WITH_TRUSTED, value: false },
  { type: pkcs11js.CKA_DECRYPT, value: true },
  { type: pkcs11js.CKA_WRAP, value: true },
  { type: pkcs11js.CKA_SIGN, value: true },
];
for (const [name, victim] of victims) {
  for (const change of changes) {
    attempt(`A5 set ${change.type} of ${name}`, () =>
      module.C_SetAttributeValue(token.handle, victim, [change]),
    );
    attempt(`A5 copy ${name} with ${change.type}`, () =>
      module.C_CopyObject(token.handle, victim, [change]),
    );
  }
}
process.stderr.write(`${JSON.stringify(answers)}\n`);
module.C_Finalize();
