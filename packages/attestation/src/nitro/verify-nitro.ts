// SPDX-License-Identifier: Apache-2.0
/** Verifies an attestation document of a Nitro enclave or a NitroTPM. AWS Nitro Enclaves, "Verifying the root of trust". */

import { equalBytes } from "@strongroom/core";
import { isSignedBy } from "../cose-sign1.ts";
import type { TrustClass } from "../ek/verify-ek-certificate.ts";
import { assertInstant, assertStated, isByteString, orUnbound, type Stated } from "../stated.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { checkNitroChain } from "./check-nitro-chain.ts";
import { parseNitroCose } from "./parse-nitro-cose.ts";
import { type NitroDocument, parseNitroDocument } from "./parse-nitro-document.ts";

/** A root by the SHA-256 of its certificate, lower-case hexadecimal; the certificate comes with the document. */
export interface NitroRoot {
  readonly name: string;
  readonly class: TrustClass;
  readonly fingerprint: string;
}

/** `aws.nitro-enclaves`, published by AWS at `aws-nitro-enclaves.amazonaws.com/AWS_NitroEnclaves_Root-G1.zip`. */
export const nitroRoots: readonly NitroRoot[] = [
  {
    name: "aws-nitro",
    class: "hardware",
    fingerprint: "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b",
  },
];

/** What the document must be bound to; `unbound` says that the caller does not rely on the field. */
export interface NitroExpectation {
  readonly nonce: Uint8Array | "unbound";
  readonly userData: Uint8Array | "unbound";
  readonly publicKey: Uint8Array | "unbound";
}

/** What a verified document says. */
export interface NitroFacts {
  readonly document: NitroDocument;
  readonly root: NitroRoot;
  readonly binding: "bound" | "unbound";
  /** Of an enclave: it was started in debug mode, in which its registers are zero and its console is the host's. */
  readonly isDebug: boolean;
}

/** Registers that hold zeros in debug mode: image, kernel, application. */
const measured = [0, 1, 2] as const;

const stated: Stated<NitroExpectation> = {
  nonce: orUnbound(isByteString),
  userData: orUnbound(isByteString),
  publicKey: orUnbound(isByteString),
};

/**
 * @param at Instant at which every certificate of the chain must be valid; the leaf's is valid for three hours.
 * @throws {StrongroomError} `BadParameter` if an expectation is missing.
 */
export function verifyNitro(
  bytes: Uint8Array,
  roots: readonly NitroRoot[],
  expected: NitroExpectation,
  at: Date,
): Verdict<NitroFacts> {
  assertInstant(at);
  assertStated(expected, stated);
  return decide(() => {
    const cose = parseNitroCose(bytes);
    const document = parseNitroDocument(cose.payload);
    const leaf = parseCertificate(document.certificate);
    const chain = [leaf, ...document.caBundle.toReversed().map(parseCertificate)];
    const root = roots.find(({ fingerprint }) => fingerprint === chain.at(-1)?.fingerprint);
    if (root === undefined) {
      return refuse("untrusted-chain", "the chain does not end in a pinned root");
    }
    const refused = checkNitroChain(chain, at);
    if (refused !== undefined) {
      return refused;
    }
    if (!isSignedBy(cose, leaf.publicKey)) {
      return refuse("bad-signature", "the document was not signed by its certificate's key");
    }
    return checkBinding(document, expected) ?? toFacts(document, root, expected);
  });
}

function checkBinding(document: NitroDocument, expected: NitroExpectation): Refused | undefined {
  for (const field of ["nonce", "userData", "publicKey"] as const) {
    const value = document[field];
    const wanted = expected[field];
    const isBound = wanted === "unbound" || (value !== undefined && equalBytes(value, wanted));
    if (!isBound) {
      return refuse("binding-mismatch", `the document was made for another ${field}`);
    }
  }
  return undefined;
}

function toFacts(
  document: NitroDocument,
  root: NitroRoot,
  expected: NitroExpectation,
): Verdict<NitroFacts> {
  const isZero = (index: number) => document.pcrs.get(index)?.every((byte) => byte === 0) ?? true;
  const isDebug = document.kind === "enclave" && measured.some(isZero);
  const isUnbound = Object.values(expected).every((value) => value === "unbound");
  const binding = isUnbound ? "unbound" : "bound";
  return { kind: "verified", claims: { document, root, binding, isDebug } };
}
