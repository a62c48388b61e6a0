// SPDX-License-Identifier: Apache-2.0
/**
 * The security domain's bytes: 0x01 || canonical JSON, one entry for each generation of keys, newest first.
 *
 * Each entry stands for itself: the four keys under a domain key of its own (RFC 5649), the domain key in shares, each
 * encrypted to one custodian (RSA-OAEP with SHA-256), and a MAC under the domain key over all of it. A share's digest
 * tells which share is wrong, which Shamir's scheme does not.
 */

import {
  canonicalJson,
  concatBytes,
  deriveSubkey,
  equalBytes,
  fromBase64url,
  fromUtf8,
  type JsonValue,
  parseJson,
  StrongroomError,
  sha256,
  toBase64url,
} from "@strongroom/core";
import { z } from "zod";
import { leastRequired, maxDomainBytes, mostCustodians } from "./limits.ts";

const formatVersion = 1;
const format = "strongroom/domain/v1";

const bytes = z.string().transform((text, context): Uint8Array => {
  try {
    return fromBase64url(text);
  } catch {
    context.addIssue({ code: "custom", message: "not base64url" });
    return z.NEVER;
  }
});
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const kekId = z.string().regex(/^[0-9a-f]{32}$/);

const custodianShare = z.strictObject({
  certificate: bytes,
  /** SHA-256 of the share. */
  digest,
  /** The share, encrypted to the certificate's key. */
  share: bytes,
});

const generation = z.strictObject({
  number: z.int().min(1).max(999_999),
  kekIds: z.strictObject({ n: kekId, e: kekId, s: kekId, a: kekId }),
  required: z.int().min(leastRequired).max(mostCustodians),
  custodians: z.array(custodianShare).min(leastRequired).max(mostCustodians),
  wrapped: z.strictObject({ n: bytes, e: bytes, s: bytes, a: bytes }),
  mac: bytes,
});

const schema = z.strictObject({
  format: z.literal(format),
  generations: z.array(generation).min(1).max(8),
});

/** One custodian's part of a generation. */
export type CustodianShare = Readonly<z.infer<typeof custodianShare>>;

/** One generation's keys, recoverable by its custodians. */
export type DomainGeneration = Readonly<z.infer<typeof generation>>;

/** A security domain: its generations, newest first. */
export type Domain = readonly DomainGeneration[];

/** Bytes of a domain. */
export function encodeDomain(domain: Domain): Uint8Array {
  const body = { format, generations: domain.map(toJson) };
  return concatBytes(new Uint8Array([formatVersion]), canonicalJson(body));
}

/** @throws {StrongroomError} `BadParameter` if the bytes are no domain; nothing is authenticated yet. */
export function decodeDomain(encoded: Uint8Array): Domain {
  if (encoded.length > maxDomainBytes || encoded[0] !== formatVersion) {
    throw new StrongroomError("BadParameter", "this is no security domain of a known version");
  }
  try {
    return schema.parse(parseJson(fromUtf8(encoded.subarray(1)))).generations;
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the security domain cannot be read", { cause });
  }
}

/** MAC of a generation under its domain key: over its canonical JSON but the MAC. */
export function macOf(
  generation: Omit<DomainGeneration, "mac">,
  domainKey: Uint8Array,
): Uint8Array {
  const { mac: _, ...rest } = toJson({ ...generation, mac: new Uint8Array() });
  return deriveSubkey(domainKey, "strongroom/domain-mac/v1", sha256(canonicalJson(rest)));
}

/** Whether a generation is what the holder of its domain key made. */
export function isAuthentic(generation: DomainGeneration, domainKey: Uint8Array): boolean {
  const { mac, ...rest } = generation;
  return equalBytes(macOf(rest, domainKey), mac);
}

/** What a share is bound to, as RSA-OAEP's label: a share of one generation opens for no other. */
export function shareLabel({ number, kekIds }: Pick<DomainGeneration, "number" | "kekIds">) {
  return Buffer.from(canonicalJson({ format: "strongroom/domain-share/v1", kekIds, number }));
}

function toJson(value: DomainGeneration) {
  const { number, kekIds, required, wrapped } = value;
  return {
    kekIds: { ...kekIds },
    number,
    required,
    custodians: value.custodians.map((custodian) => ({
      certificate: toBase64url(custodian.certificate),
      digest: custodian.digest,
      share: toBase64url(custodian.share),
    })),
    wrapped: {
      n: toBase64url(wrapped.n),
      e: toBase64url(wrapped.e),
      s: toBase64url(wrapped.s),
      a: toBase64url(wrapped.a),
    },
    mac: toBase64url(value.mac),
  } satisfies JsonValue;
}
