// SPDX-License-Identifier: Apache-2.0
/** Project Wycheproof's signature vectors through our operations: each has the outcome that its file declares. */

import { createHash, createSecretKey } from "node:crypto";
import { test } from "@jest/globals";
import { hexMember, type WycheproofGroup, wycheproof } from "@strongroom/testing";
import { type SignatureAlgorithmName, signatureAlgorithms } from "../algorithms.ts";
import { expectOutcomes } from "./__fixtures__/expect-outcomes.ts";
import { verifyInSoftware } from "./operations.ts";
import { openPublicKey } from "./private-key.ts";

const digesting: readonly (readonly [SignatureAlgorithmName, string, number])[] = [
  ["ES256", "ecdsa_secp256r1_sha256_p1363", 262],
  ["ES384", "ecdsa_secp384r1_sha384_p1363", 280],
  ["ES512", "ecdsa_secp521r1_sha512_p1363", 318],
  ["ES256K", "ecdsa_secp256k1_sha256_p1363", 252],
  ["PS256", "rsa_pss_2048_sha256_mgf1_32", 108],
  ["PS256", "rsa_pss_3072_sha256_mgf1_32", 108],
  ["PS256", "rsa_pss_4096_sha256_mgf1_32", 108],
  ["PS384", "rsa_pss_2048_sha384_mgf1_48", 141],
  ["PS384", "rsa_pss_4096_sha384_mgf1_48", 141],
  ["PS512", "rsa_pss_4096_sha512_mgf1_64", 179],
  ["RS256", "rsa_signature_2048_sha256", 259],
  ["RS256", "rsa_signature_3072_sha256", 259],
  ["RS256", "rsa_signature_4096_sha256", 258],
  ["RS384", "rsa_signature_2048_sha384", 258],
  ["RS384", "rsa_signature_3072_sha384", 259],
  ["RS384", "rsa_signature_4096_sha384", 259],
  ["RS512", "rsa_signature_2048_sha512", 259],
  ["RS512", "rsa_signature_3072_sha512", 260],
  ["RS512", "rsa_signature_4096_sha512", 259],
];

for (const [name, file, count] of digesting) {
  test(`${name}: ${file}`, () => {
    const algorithm = signatureAlgorithms[name];
    expectOutcomes(wycheproof(file), count, (group, vector) => {
      const hash = "hash" in algorithm ? algorithm.hash : "sha256";
      const value = createHash(hash).update(hexMember(vector, "msg")).digest();
      return verifyInSoftware(publicKeyOf(group), { algorithm, value }, hexMember(vector, "sig"));
    });
  });
}

test.each([
  ["HS256", "hmac_sha256", 174],
  ["HS384", "hmac_sha384", 174],
  ["HS512", "hmac_sha512", 174],
] as const)("%s: %s; truncated codes are refused", (name, file, count) => {
  const algorithm = signatureAlgorithms[name];
  const whole = (8 * Number(name.slice(2))) / 8;
  expectOutcomes(
    wycheproof(file),
    count,
    (_, vector) =>
      verifyInSoftware(
        createSecretKey(hexMember(vector, "key")),
        { algorithm, value: hexMember(vector, "msg") },
        hexMember(vector, "tag"),
      ),
    (group) => group["tagSize"] === whole,
  );
});

test.each([
  ["ML-DSA-44", "mldsa_44_verify", 180],
  ["ML-DSA-65", "mldsa_65_verify", 210],
  ["ML-DSA-87", "mldsa_87_verify", 241],
] as const)("%s: %s", (name, file, count) => {
  const algorithm = signatureAlgorithms[name];
  expectOutcomes(wycheproof(file), count, (group, vector) => {
    const context = vector["ctx"] === undefined ? undefined : hexMember(vector, "ctx");
    const request = { algorithm, value: hexMember(vector, "msg"), context };
    return verifyInSoftware(publicKeyOf(group), request, hexMember(vector, "sig"));
  });
});

// A stored public key that OpenSSL does not read, as one of a wrong length, is refused: nothing verifies with it.
function publicKeyOf(group: WycheproofGroup) {
  return openPublicKey(hexMember(group, "publicKeyDer"));
}
