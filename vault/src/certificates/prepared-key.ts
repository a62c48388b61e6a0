// SPDX-License-Identifier: Apache-2.0
/** A key of a certificate that is sealed for its version, opened for the first signature, and not yet written. */

import { openValue } from "@strongroom/core";
import { placeOf } from "../keys/key-access.ts";
import { keyKind } from "../keys/key-kind.ts";
import type { PreparedKey as SealedKey } from "../keys/prepare-key.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { materialBinding } from "../objects/material.ts";
import { isActive, readObject } from "../objects/read-object.ts";
import { addVersion, type VersionAttributes, writeVersion } from "../objects/write-version.ts";
import type { CertificateKeyDeps } from "./certificate-key-deps.ts";
import type { FaceWrite, KeyVersion, OpenedKey, PreparedKey } from "./certificate-keys.ts";
import type { CertificatePolicy } from "./certificate-policy.ts";
import { operationsOf } from "./key-operations.ts";
import { hsmSigner, softwareKey } from "./opened-key.ts";

/** Opens it, and says how it is written. */
export async function preparedKey(
  deps: CertificateKeyDeps,
  key: KeyVersion,
  policy: CertificatePolicy,
  sealed: SealedKey,
): Promise<PreparedKey> {
  const { vault, name, version } = key;
  const { type, protection, publicKey, hsmOperations } = sealed.own;
  const own = {
    ...{ type, protection, exportable: false, operations: [...operationsOf(policy)] },
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(hsmOperations === undefined ? {} : { hsmOperations }),
  };
  const writing = (
    attributes: VersionAttributes,
    { at, owner }: Omit<FaceWrite, "attributes">,
  ) => ({
    ...{ vault, name, version, attributes, at, owner, own, managed: true },
    material: sealed.material,
  });
  return {
    ...(await openSealed(deps, key, policy, sealed)),
    write: async (tx: LedgerTransaction, face) => {
      await writeVersion(tx, keyKind, writing(face.attributes, face));
    },
    writePending: async (tx, face) => {
      const isThere = isActive(await readObject(tx, vault, keyKind, name));
      const write = isThere ? addVersion : writeVersion;
      await write(tx, keyKind, writing({ enabled: false }, face));
    },
  };
}

async function openSealed(
  { hsm, derive }: CertificateKeyDeps,
  { vault, name, version }: KeyVersion,
  policy: CertificatePolicy,
  { own, material }: SealedKey,
): Promise<OpenedKey> {
  const binding = materialBinding(vault.uid, { kind: "keys", name, version }, material.keyId);
  const opened = await openValue(derive(vault), binding, material.sealed);
  return own.protection === "software"
    ? softwareKey(opened, own, policy)
    : hsmSigner(hsm, own, { blob: opened.reveal(), place: placeOf(vault, name, version) });
}
