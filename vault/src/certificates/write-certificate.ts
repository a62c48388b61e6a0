// SPDX-License-Identifier: Apache-2.0
/** Writing a version that has its certificate: all three faces in one transaction. */

import { toBase64url } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import type { SealedMaterial } from "../objects/material.ts";
import { type FoundVersion, isActive, readObject, readVersion } from "../objects/read-object.ts";
import { updateVersion } from "../objects/update-version.ts";
import { type VersionAttributes, writeVersion } from "../objects/write-version.ts";
import { secretType } from "../secrets/secret-type.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { readCertificate } from "../x509/certificate-fields.ts";
import type { PreparedKey } from "./certificate-keys.ts";
import type { CertificatePolicy } from "./certificate-policy.ts";
import { type CertificateMembers, certificateType } from "./certificate-type.ts";
import { makeKeyCurrent, shareGovernance, updateOtherFaces } from "./faces.ts";

/** A certificate with its issuers. */
export interface IssuedChain {
  /** DER, in the order of the secret. */
  readonly certificates: readonly Uint8Array[];
  /** Which of them is the key's. */
  readonly leaf: number;
}

/** A version to write. */
export interface CertificateWrite {
  readonly vault: Vault;
  readonly name: string;
  readonly version: string;
  readonly at: Date;
  readonly owner?: string | undefined;
  readonly chain: IssuedChain;
  readonly attributes: Pick<VersionAttributes, "enabled" | "tags">;
  readonly preserveCertOrder?: boolean | undefined;
  /** The key, unless it is written already. */
  readonly key: PreparedKey | undefined;
  readonly contentType: CertificatePolicy["secret_props"]["contentType"];
  readonly secret: SealedMaterial;
}

/** Writes certificate, key and secret, and makes them current. */
export async function writeCertificate(
  tx: LedgerTransaction,
  write: CertificateWrite,
): Promise<FoundVersion<CertificateMembers>> {
  const { vault, name, version, at, key, chain } = write;
  const { notBefore, notAfter } = readCertificate(
    chain.certificates[chain.leaf] ?? new Uint8Array(),
  );
  const attributes: VersionAttributes = {
    ...write.attributes,
    enabled: write.attributes.enabled ?? true,
    nbf: toSeconds(notBefore),
    exp: toSeconds(notAfter),
  };
  if (key === undefined) {
    await updateOtherFaces(tx, { vault, name, version }, { attributes, at });
    await makeKeyCurrent(tx, { vault, name, version }, at);
  } else {
    await key.write(tx, { attributes, at, owner: write.owner });
  }
  await writeVersion(tx, secretType, {
    ...{ vault, name, version, attributes, at, owner: write.owner, managed: true },
    own: { contentType: write.contentType },
    material: write.secret,
  });
  const written = await writeOwnFace(tx, write, attributes);
  await shareGovernance(tx, vault, name);
  return written;
}

async function writeOwnFace(
  tx: LedgerTransaction,
  { vault, name, version, at, owner, chain, preserveCertOrder }: CertificateWrite,
  attributes: VersionAttributes,
): Promise<FoundVersion<CertificateMembers>> {
  const own: CertificateMembers = {
    certificates: chain.certificates.map(toBase64url),
    leaf: chain.leaf,
    ...(preserveCertOrder === undefined ? {} : { preserveCertOrder }),
  };
  const object = await readObject(tx, vault, certificateType, name);
  const pending = isActive(object)
    ? await readVersion(tx, vault, certificateType, { object, version })
    : undefined;
  return pending === undefined
    ? await writeVersion(tx, certificateType, { vault, name, version, attributes, at, owner, own })
    : await updateVersion(tx, pending, { attributes, own, at });
}
