// SPDX-License-Identifier: Apache-2.0
/** Whether files are the endorsement that their name says, by the vendor's signature; before anything of them is kept. */

import {
  type AmdRoot,
  type DcapRoot,
  type IssuedEndorsement,
  readAmdEndorsements,
  readDcapEndorsements,
  type Verdict,
  verifyAmdEndorsements,
  verifyDcapEndorsements,
} from "@strongroom/attestation";
import { isStrongroomError, StrongroomError, sha256, toHex } from "@strongroom/core";
import type { EndorsementAge, EndorsementName } from "./endorsement.ts";

/** Whose endorsements are taken. */
export interface VendorRoots {
  readonly amd: readonly AmdRoot[];
  readonly intel: readonly DcapRoot[];
}

/** Files, and the name that they shall be the endorsement of. */
export interface NamedFiles {
  readonly name: EndorsementName;
  readonly files: readonly Uint8Array[];
}

/** Whether endorsements of the first name hold certificates or revocation lists that the second is verified with. */
export function vouchesForOthers(name: EndorsementName, other: EndorsementName): boolean {
  const [vendor = ""] = other.split("/");
  return name.startsWith(`${vendor}/chain/`) || name.startsWith(`${vendor}/crl/`);
}

/**
 * How new the endorsement is.
 *
 * @param known Others at hand that may have issuers' certificates and revocation lists; those that are none are ignored.
 * @throws {StrongroomError} `EvidenceRefused` if it is not the vendor's, not valid at `at`, or about something else;
 *   `EvidenceMalformed` if it is no endorsement.
 */
export function verifyEndorsement(
  { name, files }: NamedFiles,
  known: readonly NamedFiles[],
  roots: VendorRoots,
  at: Date,
): EndorsementAge {
  const all = [...files, ...known.flatMap((one) => one.files)];
  const verdict = name.startsWith("amd/")
    ? verifyAmd(files, all, roots, at)
    : verifyIntel(files, all, roots, at);
  if (verdict.kind === "refused") {
    throw new StrongroomError("EvidenceRefused", `endorsement ${verdict.class}: ${verdict.reason}`);
  }
  const own = verdict.claims.find(({ about }) => name === about || name.startsWith(`${about}/`));
  // Azure's answer holds a chip's certificate and its issuers'; nothing else may come along.
  const others = verdict.claims.filter((one) => one !== own);
  if (own === undefined || others.some(({ about }) => !about.startsWith("amd/chain/"))) {
    throw new StrongroomError("EvidenceRefused", "the endorsement is about something else");
  }
  if (name.startsWith("amd/chain/") && !isWholeChain(name, files, roots.amd)) {
    throw new StrongroomError("EvidenceRefused", "the chain lacks one of its certificates");
  }
  const { about: _, ...age } = own;
  return age;
}

function verifyAmd(
  files: readonly Uint8Array[],
  known: readonly Uint8Array[],
  roots: VendorRoots,
  at: Date,
): Verdict<readonly IssuedEndorsement[]> {
  const trust = {
    roots: roots.amd,
    known: readAllAmd(known.filter(isReadable(readAmdEndorsements))),
  };
  return verifyAmdEndorsements(readAllAmd(files), trust, at);
}

function readAllAmd(files: readonly Uint8Array[]) {
  const read = files.map(readAmdEndorsements);
  return {
    certificates: read.flatMap(({ certificates }) => certificates),
    crls: read.flatMap(({ crls }) => crls),
  };
}

/** Each certificate of a chain is genuine by itself; keys can be verified with root and signer together alone. */
function isWholeChain(
  name: EndorsementName,
  files: readonly Uint8Array[],
  roots: readonly AmdRoot[],
): boolean {
  const prints = readAllAmd(files).certificates.map((der) => toHex(sha256(der)));
  const [, , product, signer] = name.split("/");
  return roots.some(
    (root) =>
      root.product === product &&
      prints.includes(root.ark) &&
      (signer === "vlek" ? root.asvk : root.ask).some((print) => prints.includes(print)),
  );
}

function verifyIntel(
  files: readonly Uint8Array[],
  known: readonly Uint8Array[],
  roots: VendorRoots,
  at: Date,
): Verdict<readonly IssuedEndorsement[]> {
  const isReadableDcap = isReadable((file) => readDcapEndorsements([file]));
  const trust = { roots: roots.intel, known: readDcapEndorsements(known.filter(isReadableDcap)) };
  return verifyDcapEndorsements(readDcapEndorsements(files), trust, at);
}

function isReadable(read: (file: Uint8Array) => unknown): (file: Uint8Array) => boolean {
  return (file) => {
    try {
      read(file);
      return true;
    } catch (error) {
      if (isStrongroomError(error, "EvidenceMalformed")) {
        return false;
      }
      throw error;
    }
  };
}
