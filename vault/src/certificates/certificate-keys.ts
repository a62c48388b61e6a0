// SPDX-License-Identifier: Apache-2.0
/** What certificates need of keys: made, taken in, taken again, opened. Whether they are in the HSM is the keys' affair. */

import type { KeyObject } from "node:crypto";
import type { SecretBytes } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import type { VersionAttributes } from "../objects/write-version.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { CertificateSigner } from "../x509/signer.ts";
import type { CertificatePolicy } from "./certificate-policy.ts";

/** Which version of a certificate's key. */
export interface KeyVersion {
  readonly vault: Vault;
  readonly name: string;
  readonly version: string;
}

/** A key that was opened. */
export interface OpenedKey {
  readonly signer: CertificateSigner;
  /** PKCS#8, DER, where the key may leave; the caller disposes of it. */
  readonly exported: SecretBytes | undefined;
}

/** How a face is written: what is said of it, and whether it becomes the current version. */
export interface FaceWrite {
  readonly attributes: VersionAttributes;
  readonly at: Date;
  readonly owner: string | undefined;
}

/** A key that is ready and not yet written. */
export interface PreparedKey extends OpenedKey {
  /** Writes it as the current version. */
  write(tx: LedgerTransaction, face: FaceWrite): Promise<void>;
  /** Writes it as a version that is disabled, and current only where there is no other. */
  writePending(tx: LedgerTransaction, face: Omit<FaceWrite, "attributes">): Promise<void>;
}

/** The keys of certificates. */
export interface CertificateKeys {
  /** A fresh key as the policy has it. */
  make(key: KeyVersion, policy: CertificatePolicy): Promise<PreparedKey>;
  /** A key from outside. @throws {StrongroomError} `BadParameter` if it is weak, or of a type that is not taken. */
  take(key: KeyVersion, given: KeyObject, policy: CertificatePolicy): Promise<PreparedKey>;
  /** The key of an older version once more; nothing where the policy wants another type by now. */
  again(
    key: KeyVersion,
    older: string,
    policy: CertificatePolicy,
  ): Promise<PreparedKey | undefined>;
  /** The key of a version that is written. */
  open(key: KeyVersion, policy: CertificatePolicy): Promise<OpenedKey>;
}
