// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies NVIDIA's reference values of a driver or VBIOS: the signer's certificates up to NVIDIA's root of such manifests,
 * the signature over the whole document, what NVIDIA's responder says of the certificates.
 */

import { createHash, verify } from "node:crypto";
import { equalBytes } from "@strongroom/core";
import { assertInstant, assertStated, isList, orUnbound } from "../stated.ts";
import { decide, refuse, type Verdict } from "../verdict.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { findNvidiaRoot, type NvidiaRoot, type Revocation } from "./find-nvidia-root.ts";
import { parseRim, type Rim } from "./parse-rim.ts";

/** NVIDIA CoRIM signing Root CA, published in nvtrust. */
export const nvidiaRimRoots: readonly NvidiaRoot[] = [
  {
    name: "nvidia-corim-signing",
    class: "hardware",
    fingerprint: "12977b5115acb0381179279fffeb5a8c4d264971ebb32298023a465fa41df5d1",
  },
];

/** A manifest that is genuine. */
export interface RimFacts {
  readonly rim: Rim;
  readonly root: NvidiaRoot;
  /** When the first of the certificates ends that came with it. */
  readonly expires: Date;
  readonly revocation: "checked" | "unbound";
}

/**
 * Verifies a manifest.
 *
 * @param revocation Responses about all certificates below the root, the signer's among them: a CA issued that one.
 * @throws {StrongroomError} `BadParameter` if that is missing.
 */
export function verifyRim(
  bytes: Uint8Array,
  roots: readonly NvidiaRoot[],
  revocation: Revocation,
  at: Date,
): Verdict<RimFacts> {
  assertInstant(at);
  assertStated({ revocation }, { revocation: orUnbound(isList) });
  return decide(() => {
    const rim = parseRim(bytes);
    const { certificates, signedInfo, value, digest, document } = rim.signature;
    const chain = certificates.map(parseCertificate);
    const [signer, ...issuers] = chain;
    if (signer === undefined) {
      return refuse("endorsements-unavailable", "no certificate of a manifest's signer");
    }
    const find = (responses: Revocation) =>
      findNvidiaRoot(signer, issuers, roots, { first: 0, revocation: responses, at });
    const genuine = find("unbound");
    if ("kind" in genuine) {
      return genuine;
    }
    const key = { key: signer.publicKey, dsaEncoding: "ieee-p1363" as const };
    if (!verify("sha384", signedInfo, key, value)) {
      return refuse("bad-signature", "reference values were not signed by their signer");
    }
    if (!equalBytes(createHash("sha384").update(document).digest(), digest)) {
      return refuse("bad-signature", "reference values are not those that were signed");
    }
    const root = find(revocation);
    if ("kind" in root) {
      return root;
    }
    const expires = new Date(Math.min(...chain.map(({ notAfter }) => notAfter.getTime())));
    const state = revocation === "unbound" ? "unbound" : "checked";
    return { kind: "verified", claims: { rim, root, expires, revocation: state } };
  });
}
