// SPDX-License-Identifier: Apache-2.0
/** Verifies that an endorsement key is one of a TPM that a configured root vouches for. TCG EK Credential Profile 2.5. */

import { isStrongroomError, StrongroomError } from "@strongroom/core";
import { deviceId, type EndorsementKey, toEndorsementKey } from "../tpm/endorsement-key.ts";
import { decide, refuse, type Verdict } from "../verdict.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { checkPath } from "../x509/check-path.ts";
import { extensionOid, hasKeyUsage, keyUsage } from "../x509/extensions.ts";
import type { CertificatePath } from "../x509/find-paths.ts";
import { findRoot } from "../x509/find-root.ts";
import { suppliedCertificates } from "../x509/limits.ts";
import { readTpmIdentity, type TpmIdentity } from "./tpm-identity.ts";

/** How good a trust root is: a property of the configuration, never of the evidence. */
export type TrustClass = "hardware" | "virtual" | "software";

/** A configured trust root; `certificates` in DER. */
export interface TrustRoot {
  readonly name: string;
  readonly class: TrustClass;
  readonly certificates: readonly Uint8Array[];
}

/** Whom to trust about TPMs; `intermediates` in DER, for devices that do not send theirs. */
export interface EkTrust {
  readonly roots: readonly TrustRoot[];
  readonly intermediates: readonly Uint8Array[];
}

/** What a verified certificate says. */
export interface EkClaims {
  readonly root: {
    readonly name: string;
    readonly class: TrustClass;
    /** SHA-256 of the root's certificate, hexadecimal. */
    readonly fingerprint: string;
  };
  readonly ek: EndorsementKey;
  /** SHA-256 of the endorsement key's SubjectPublicKeyInfo, hexadecimal. */
  readonly device: string;
  /** Undefined where the certificate is without names: Google's name the machine instead. */
  readonly tpm: TpmIdentity | undefined;
  /** Revocation was not asked for. */
  readonly revocation: "unbound";
}

/** tcg-kp-EKCertificate, and the TPM's name. Google's CA certifies for this purpose alone, in certificates that do not state it. */
const purpose = {
  purposes: ["2.23.133.8.1"],
  withoutPurpose: "issuers",
  leafExtensions: [extensionOid.subjectAltName],
} as const;

/**
 * Verifies a chain, leaf first, against the configured roots.
 *
 * @param at Instant at which every certificate of the path must be valid.
 * @throws {StrongroomError} `BadParameter` if a configured certificate is none.
 */
export function verifyEkCertificate(
  chain: readonly Uint8Array[],
  trust: EkTrust,
  at: Date,
): Verdict<EkClaims> {
  const configured = parseTrust(trust);
  return decide(() => {
    if (chain.length > suppliedCertificates) {
      return refuse("malformed", "the chain has too many certificates");
    }
    const [leaf, ...supplied] = chain.map(parseCertificate);
    if (leaf === undefined) {
      return refuse("malformed", "the chain is empty");
    }
    const all = configured.roots.map(({ certificate }) => certificate);
    const issuers = [...supplied, ...configured.intermediates, ...all];
    const roots = new Map(configured.roots.map((one) => [one.certificate.fingerprint, one]));
    const check = (path: CertificatePath) => checkPath(path, { ...purpose, at });
    const root = findRoot<ConfiguredRoot>(leaf, issuers, { roots, check });
    return "kind" in root ? root : claim(leaf, root);
  });
}

interface ConfiguredRoot {
  readonly root: TrustRoot;
  readonly certificate: Certificate;
}

interface ConfiguredTrust {
  readonly roots: readonly ConfiguredRoot[];
  readonly intermediates: readonly Certificate[];
}

function parseTrust(trust: EkTrust): ConfiguredTrust {
  try {
    return {
      roots: trust.roots.flatMap((root) =>
        root.certificates.map((der) => ({ root, certificate: parseCertificate(der) })),
      ),
      intermediates: trust.intermediates.map(parseCertificate),
    };
  } catch (cause) {
    throw isStrongroomError(cause, "EvidenceMalformed")
      ? new StrongroomError("BadParameter", "a configured certificate is none", { cause })
      : cause;
  }
}

function claim(leaf: Certificate, { root, certificate }: ConfiguredRoot): Verdict<EkClaims> {
  const ek = toEndorsementKey(leaf.publicKey);
  const needed = ek.parameters.type === "rsa" ? keyUsage.keyEncipherment : keyUsage.keyAgreement;
  if (!hasKeyUsage(leaf, needed)) {
    return refuse("untrusted-chain", "the leaf's key is not for protecting keys");
  }
  const { name, class: trustClass } = root;
  const { fingerprint } = certificate;
  // The profile wants both: who leaves out one has to leave out the other, as no mistake is.
  const isNameless = [extensionOid.extKeyUsage, extensionOid.subjectAltName].every(
    (oid) => !leaf.extensions.has(oid),
  );
  const tpm = isNameless ? undefined : readTpmIdentity(leaf);
  return {
    kind: "verified",
    claims: {
      root: { name, class: trustClass, fingerprint },
      ek,
      device: deviceId(ek),
      tpm,
      revocation: "unbound",
    },
  };
}
