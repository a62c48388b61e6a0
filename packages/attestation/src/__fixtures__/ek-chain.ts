// SPDX-License-Identifier: Apache-2.0
/** An endorsement key's chain (leaf, intermediate, root) whose every part a test may replace. */

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Extension } from "pkijs";
import {
  basicConstraints,
  issuerNamed,
  keyUsageBits,
  mintCertificate,
  purpose,
  tpmName,
} from "./certificates.ts";

/** An instant at which the minted certificates are valid. */
export const at = new Date("2027-01-01T00:00:00Z");

/** Key usage of CAs: keyCertSign and cRLSign. */
export const caUsage = keyUsageBits(0x06);

/** The TPM's name in the leaf. */
export const tpmAttributes = [
  ["2.23.133.2.1", "id:54455354"],
  ["2.23.133.2.2", "model"],
  ["2.23.133.2.3", "id:00010002"],
] as const;

/** The extension that carries it. */
export const tpmSan = tpmName(tpmAttributes);

/** Extensions of a good leaf with an RSA key. */
export const leafExtensions: readonly Extension[] = [
  basicConstraints(false),
  keyUsageBits(0x20),
  purpose("2.23.133.8.1"),
  tpmSan,
];

/** What to do differently. */
export interface EkChainChanges {
  readonly leaf?: readonly Extension[];
  readonly intermediate?: readonly Extension[];
  readonly root?: readonly Extension[];
  readonly ek?: KeyObject;
  readonly intermediateKey?: KeyObject;
  readonly leafVersion?: number;
  readonly leafHash?: "sha256" | "sha1";
  readonly leafPadding?: "pss";
  readonly intermediateHash?: "sha256" | "sha1";
  readonly rootHash?: "sha256" | "sha1";
  readonly leafEnds?: Date;
  readonly intermediateEnds?: Date;
  readonly rootEnds?: Date;
}

/** An RSA key that is made once, as making one is slow. */
export const rsaEk = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Mints a chain. */
export function ekChain(changes: EkChainChanges = {}) {
  const root = issuerNamed("test root");
  const intermediate = issuerNamed("test intermediate", changes.intermediateKey);
  const ca = [basicConstraints(true), caUsage];
  const rootCertificate = mintCertificate({
    ...{ subject: root.subject, publicKey: root.publicKey, issuer: root },
    extensions: changes.root ?? ca,
    hash: changes.rootHash ?? "sha256",
    notAfter: changes.rootEnds ?? new Date("2040-01-01T00:00:00Z"),
  });
  const intermediateCertificate = mintCertificate({
    ...{ subject: intermediate.subject, publicKey: intermediate.publicKey, issuer: root },
    extensions: changes.intermediate ?? ca,
    hash: changes.intermediateHash ?? "sha256",
    notAfter: changes.intermediateEnds ?? new Date("2040-01-01T00:00:00Z"),
  });
  const leaf = mintCertificate({
    ...{ subject: "ek", publicKey: changes.ek ?? rsaEk.publicKey, issuer: intermediate },
    extensions: changes.leaf ?? leafExtensions,
    hash: changes.leafHash ?? "sha256",
    ...(changes.leafPadding && { padding: changes.leafPadding }),
    version: changes.leafVersion ?? 2,
    notAfter: changes.leafEnds ?? new Date("2040-01-01T00:00:00Z"),
  });
  return { leaf, intermediate: intermediateCertificate, root: rootCertificate };
}

/** The trust of one root. */
export function trusting(...certificates: readonly Uint8Array[]) {
  return {
    roots: [{ name: "test", class: "software" as const, certificates }],
    intermediates: [],
  };
}
