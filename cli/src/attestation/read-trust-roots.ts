// SPDX-License-Identifier: Apache-2.0
/** Trust roots that a user names instead of the vendors': certificates in PEM or DER, pinned by their fingerprint. */

import {
  type AmdRoot,
  amdRoots,
  type Certificate,
  type DcapRoot,
  intelSgxRoots,
  type NitroRoot,
  type NvidiaRoot,
  nitroRoots,
  nvidiaRimRoots,
  nvidiaRoots,
  parseCertificate,
  parsePemCertificates,
  type TrustClass,
} from "@strongroom/attestation";

interface PinnedRoot {
  readonly name: string;
  readonly class: TrustClass;
  readonly fingerprint: string;
}

/** Roots for DCAP quotes: Intel's, or those in the files alone, which nobody vouches for as hardware. */
export function readDcapRoots(files: readonly Uint8Array[]): readonly DcapRoot[] {
  return readRoots(files, intelSgxRoots);
}

/** Roots for Nitro's documents, by the same rule. */
export function readNitroRoots(files: readonly Uint8Array[]): readonly NitroRoot[] {
  return readRoots(files, nitroRoots);
}

/** Roots for NVIDIA's devices, by the same rule; that of its reference values is none of them. */
export function readNvidiaRoots(files: readonly Uint8Array[]): readonly NvidiaRoot[] {
  return readRoots(files, nvidiaRoots).filter(isNoneOf(nvidiaRimRoots));
}

/** Roots for NVIDIA's reference values, by the same rule; that of its devices is none of them. */
export function readNvidiaRimRoots(files: readonly Uint8Array[]): readonly NvidiaRoot[] {
  return readRoots(files, nvidiaRimRoots).filter(isNoneOf(nvidiaRoots));
}

function isNoneOf(others: readonly PinnedRoot[]): (root: PinnedRoot) => boolean {
  return ({ fingerprint }) => others.every((other) => other.fingerprint !== fingerprint);
}

/** Certificates of the files that are pinned already keep their name and class. */
function readRoots(
  files: readonly Uint8Array[],
  pinned: readonly PinnedRoot[],
): readonly PinnedRoot[] {
  if (files.length === 0) {
    return pinned;
  }
  return files.flatMap(toCertificates).map(({ fingerprint }) => {
    const known = pinned.find((root) => root.fingerprint === fingerprint);
    return known ?? { name: "configured", class: "software", fingerprint };
  });
}

const products = ["Milan", "Genoa", "Turin"] as const;

/**
 * Roots for AMD's reports: AMD's, or those in the files alone. A root of the user's vouches for every key that it signed
 * of those that came, for whatever product the report names.
 */
export function readAmdRoots(
  files: readonly Uint8Array[],
  certificates: readonly Uint8Array[],
): readonly AmdRoot[] {
  if (files.length === 0) {
    return amdRoots;
  }
  const named = files.flatMap(toCertificates).filter(({ issuer, subject }) => issuer === subject);
  const all = certificates.map(parseCertificate);
  return named.flatMap((ark): readonly AmdRoot[] => {
    const known = amdRoots.filter((root) => root.ark === ark.fingerprint);
    return known.length > 0 ? known : products.map((product) => ofUser(ark, all, product));
  });
}

function ofUser(
  ark: Certificate,
  all: readonly Certificate[],
  product: AmdRoot["product"],
): AmdRoot {
  const signed = all
    .filter(({ issuer, fingerprint }) => issuer === ark.subject && fingerprint !== ark.fingerprint)
    .map(({ fingerprint }) => fingerprint);
  return {
    ...{ name: "configured", class: "software", product, ark: ark.fingerprint },
    ...{ ask: signed, asvk: signed },
  };
}

function toCertificates(file: Uint8Array): readonly Certificate[] {
  const ders =
    file[0] === 0x30 ? [file] : parsePemCertificates(Buffer.from(file).toString("latin1"));
  return ders.map(parseCertificate);
}
