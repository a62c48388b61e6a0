// SPDX-License-Identifier: Apache-2.0
/** Templates that endorsement keys are made of, by what their certificates say. TCG EK Credential Profile 2.5, annexes B.3 (L) and B.4 (H). */

import {
  type EndorsementParameters,
  objectAttribute,
  type StrongHash,
  tpm2b,
  tpmAlgorithm,
  u16be,
} from "@strongroom/attestation";
import { concatBytes, fromHex, u32be } from "@strongroom/core";

/** What a template fixes beside the key's own parameters. */
interface TemplateRange {
  readonly attributes: number;
  readonly policy: Uint8Array;
  /** Bytes of each number that stands where the key's own will be: zeros, or none. */
  readonly unique: (fieldBytes: number) => number;
}

const common =
  objectAttribute.fixedTpm |
  objectAttribute.fixedParent |
  objectAttribute.sensitiveDataOrigin |
  objectAttribute.adminWithPolicy |
  objectAttribute.restricted |
  objectAttribute.decrypt;

/** Templates L-1 and L-2; their policy is "knows the endorsement hierarchy's secret" (PolicyA). */
const low: TemplateRange = {
  attributes: common,
  policy: fromHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa"),
  unique: (fieldBytes) => fieldBytes,
};

/** PolicyB: PolicyA, or what the owner wrote into NV memory. */
const policyB: Readonly<Partial<Record<StrongHash, Uint8Array>>> = {
  sha256: fromHex("ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0"),
  sha384: fromHex(
    "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e12",
  ),
  sha512: fromHex(
    "b8221ca69e8550a4914de3faa6a18c072cc01208073a928d5d66d59ef79e49a429c41a6b269571d57edb25fbdb1838425608b413cd616a5f6db5b6071af99bea",
  ),
};

/** TPM_ECC_CURVE, and bytes of a coordinate. */
const curves = {
  "P-256": { identifier: 0x0003, bytes: 32 },
  "P-384": { identifier: 0x0004, bytes: 48 },
  "P-521": { identifier: 0x0005, bytes: 66 },
} as const;

/** Templates that such a key may be made of, in the order in which they are tried; each a TPMT_PUBLIC. */
export function endorsementTemplates(key: EndorsementParameters): readonly Uint8Array[] {
  const policy = policyB[key.nameAlgorithm];
  const attributes = common | objectAttribute.userWithAuth;
  const high = policy && { attributes, policy, unique: () => 0 };
  const ranges = key.nameAlgorithm === "sha256" ? [low, high] : [high];
  return ranges.flatMap((range) => (range === undefined ? [] : [encode(key, range)]));
}

function encode(key: EndorsementParameters, range: TemplateRange): Uint8Array {
  const { type, nameAlgorithm, symmetricBits } = key;
  return concatBytes(
    ...[u16be(tpmAlgorithm[type]), u16be(tpmAlgorithm[nameAlgorithm]), u32be(range.attributes)],
    tpm2b(range.policy),
    ...[u16be(tpmAlgorithm.aes), u16be(symmetricBits), u16be(tpmAlgorithm.cfb)],
    u16be(tpmAlgorithm.null),
    type === "rsa" ? encodeRsa(key, range) : encodeEcc(key, range),
  );
}

/** Bits, the usual exponent, a modulus. */
function encodeRsa({ keyBits = 0 }: EndorsementParameters, { unique }: TemplateRange): Uint8Array {
  const modulus = new Uint8Array(unique(keyBits / 8));
  return concatBytes(u16be(keyBits), u32be(0), tpm2b(modulus));
}

/** Curve, no key derivation scheme, a point. */
function encodeEcc(
  { curve = "P-256" }: EndorsementParameters,
  { unique }: TemplateRange,
): Uint8Array {
  const { identifier, bytes } = curves[curve];
  const coordinate = tpm2b(new Uint8Array(unique(bytes)));
  return concatBytes(u16be(identifier), u16be(tpmAlgorithm.null), coordinate, coordinate);
}
