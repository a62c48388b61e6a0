// SPDX-License-Identifier: Apache-2.0
/** Whether a token computes with RSA keys: signatures, OAEP with each hash function, the bare operation. */

import {
  constants,
  createPrivateKey,
  createPublicKey,
  hash,
  privateDecrypt,
  publicDecrypt,
  publicEncrypt,
  verify,
} from "node:crypto";
import { equalBytes, fromBase64url, utf8 } from "@strongroom/core";
import { exchangeHashes, type HashName, hashes, signatures } from "../keys/algorithms.ts";
import { decryptWith } from "./aes-ciphers.ts";
import { onlyFor, readAttribute } from "./attributes.ts";
import type { Probe } from "./computable.ts";
import { objectTemplate, type Purpose } from "./key-purposes.ts";
import { knownRsaKey, knownSignature, knownSigningInput } from "./known-rsa-key.ts";
import type { Handle } from "./pkcs11.ts";
import { importSecret, type Session, unwrapKey, withObject, wrapKey } from "./primitives.ts";
import { decryptRaw, oaep } from "./rsa-decryption.ts";
import { computeSignature } from "./signatures.ts";
import { importThroughTransport } from "./transport.ts";
import { importTarget } from "./wrap-to-target.ts";

const privateKey = createPrivateKey({ key: knownRsaKey, format: "jwk" });
const publicKey = createPublicKey(privateKey);
const secret = new Uint8Array(32).fill(0x5a);
const message = utf8(knownSigningInput);
const rsaAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const;

/** Everything with RFC 7515's key. */
export function rsaProbes(session: Session, keyWrap: number): readonly Probe[] {
  const withKey: WithKey = (purpose, work) => {
    const bytes = privateKey.export({ format: "der", type: "pkcs8" });
    const template = objectTemplate("rsa-2048", purpose);
    return withObject(session, importThroughTransport(session, keyWrap, bytes, template), work);
  };
  return [
    ...exchangeHashes.flatMap((name) => oaepProbes(session, withKey, name)),
    ["RSA-raw", () => withKey("decrypt", (key) => bareWorks(session, key))],
    ...rsaAlgorithms.map(
      (algorithm): Probe => [
        algorithm,
        () => withKey("sign", (key) => signs(session, key, algorithm)),
      ],
    ),
    ["RSNULL", () => withKey("sign", (key) => padsAnything(session, key))],
  ];
}

type WithKey = <T>(purpose: Purpose, work: (key: Handle) => T) => T;

function oaepProbes(session: Session, withKey: WithKey, name: HashName): readonly Probe[] {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const oaepHash = hashes[name].openSslName;
  const mechanism = oaep(name);
  const seal = () => publicEncrypt({ key: publicKey, padding, oaepHash }, secret);
  return [
    [
      `OAEP-decrypt/${name}`,
      () => withKey("decrypt", (key) => isSecret(decryptWith(session, key, mechanism, seal()))),
    ],
    [
      `OAEP-unwrap/${name}`,
      () => withKey("unwrap", (key) => isSecret(unwrapSecret(session, { mechanism, key }, seal()))),
    ],
    [
      `OAEP-wrap/${name}`,
      () => {
        const wrapped = withObject(session, importTarget(session, publicKey), (key) =>
          wrapSecret(session, { mechanism, key }),
        );
        return isSecret(privateDecrypt({ key: privateKey, padding, oaepHash }, wrapped));
      },
    ],
  ];
}

function isSecret(bytes: Uint8Array): boolean {
  return equalBytes(bytes, secret);
}

function unwrapSecret(
  session: Session,
  by: Parameters<typeof unwrapKey>[1],
  sealed: Uint8Array,
): Buffer {
  const object = unwrapKey(session, by, sealed, {
    CKA_CLASS: "CKO_SECRET_KEY",
    CKA_KEY_TYPE: "CKK_AES",
    CKA_TOKEN: false,
    CKA_SENSITIVE: false,
    CKA_EXTRACTABLE: true,
    ...onlyFor("CKA_UNWRAP"),
  });
  return withObject(session, object, () =>
    readAttribute(session.module, session.handle, object, "CKA_VALUE"),
  );
}

function wrapSecret(session: Session, by: Parameters<typeof wrapKey>[1]): Buffer {
  const options = { type: "CKK_AES", uses: ["CKA_WRAP"], extractable: true } as const;
  const key = importSecret(session, secret, options);
  return withObject(session, key, () => wrapKey(session, by, key));
}

function bareWorks(session: Session, key: Handle): boolean {
  // Leading zeros must come back as well.
  const block = new Uint8Array(256).fill(7, 2);
  const padding = constants.RSA_NO_PADDING;
  return equalBytes(
    decryptRaw(session, key, publicEncrypt({ key: publicKey, padding }, block)),
    block,
  );
}

function signs(session: Session, key: Handle, algorithm: (typeof rsaAlgorithms)[number]): boolean {
  const signature = signatures[algorithm];
  const { bytes, openSslName } = hashes[signature.hash];
  const input = hash(openSslName, message, "buffer");
  const made = computeSignature(session, key, { algorithm, keyType: "rsa-2048", input });
  if (algorithm === "RS256" && !equalBytes(made, fromBase64url(knownSignature))) {
    return false;
  }
  const isPss = signature.kind === "pss";
  const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return verify(openSslName, message, { key: publicKey, padding, saltLength: bytes }, made);
}

function padsAnything(session: Session, key: Handle): boolean {
  const input = utf8("no digest");
  const made = computeSignature(session, key, { algorithm: "RSNULL", keyType: "rsa-2048", input });
  return equalBytes(publicDecrypt(publicKey, made), input);
}
