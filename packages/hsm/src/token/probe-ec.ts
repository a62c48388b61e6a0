// SPDX-License-Identifier: Apache-2.0
/** Whether a token computes elliptic curve signatures, ECDH and HMAC. */

import { createHmac, hash, verify } from "node:crypto";
import { equalBytes, utf8 } from "@strongroom/core";
import { ecAlgorithms, hashes, type MacAlgorithm, signatures } from "../keys/algorithms.ts";
import { type AesKeyType, aesBytes, type EcKeyType } from "../keys/key-types.ts";
import type { Probe } from "./computable.ts";
import { generateEc } from "./generate-key.ts";
import { objectTemplate } from "./key-purposes.ts";
import { parseSpki } from "./parse-key.ts";
import { importSecret, type Session, withObject } from "./primitives.ts";
import { timesGenerator } from "./recover-public-key.ts";
import { computeSignature } from "./signatures.ts";

const message = utf8("strongroom/probe/v1");

/** A signature with a new key of each curve, and P-256 times its generator. */
export function ecProbes(session: Session): readonly Probe[] {
  const types = Object.keys(ecAlgorithms) as EcKeyType[];
  const signing = types.map((type): Probe => [ecAlgorithms[type], () => signs(session, type)]);
  return [...signing, ["ECDH", () => derives(session)]];
}

function signs(session: Session, type: EcKeyType): boolean {
  const algorithm = ecAlgorithms[type];
  const { openSslName } = hashes[signatures[algorithm].hash];
  const input = hash(openSslName, message, "buffer");
  const pair = generateEc(session, type, objectTemplate(type, "sign"));
  const signature = withObject(session, pair.key, (key) =>
    computeSignature(session, key, { algorithm, keyType: type, input }),
  );
  const key = parseSpki(pair.publicKey);
  return verify(openSslName, message, { key, dsaEncoding: "ieee-p1363" }, signature);
}

function derives(session: Session): boolean {
  const template = { ...objectTemplate("ec-p256", "sign"), CKA_SIGN: false, CKA_DERIVE: true };
  const pair = generateEc(session, "ec-p256", template);
  const x = withObject(session, pair.key, (key) => timesGenerator(session, "ec-p256", key));
  // SubjectPublicKeyInfo of P-256 ends in x and y.
  return equalBytes(x, pair.publicKey.subarray(-64, -32));
}

/** HMAC with keys of each size: SoftHSM takes none that is shorter than the hash. */
export function macProbes(session: Session): readonly Probe[] {
  const algorithms: readonly MacAlgorithm[] = ["HS256", "HS384", "HS512"];
  const sizes = Object.values(aesBytes);
  return algorithms.flatMap((algorithm) =>
    sizes.map((size): Probe => [`${algorithm}/${size}`, () => macs(session, algorithm, size)]),
  );
}

function macs(session: Session, algorithm: MacAlgorithm, size: number): boolean {
  const value = new Uint8Array(size).fill(0x5a);
  const { openSslName } = hashes[signatures[algorithm].hash];
  const expected = createHmac(openSslName, value).update(message).digest();
  const options = { type: "CKK_GENERIC_SECRET", uses: ["CKA_SIGN"], extractable: true } as const;
  const keyType: AesKeyType = "aes-256";
  return withObject(session, importSecret(session, value, options), (key) =>
    equalBytes(computeSignature(session, key, { algorithm, keyType, input: message }), expected),
  );
}
