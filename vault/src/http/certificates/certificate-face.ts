// SPDX-License-Identifier: Apache-2.0
/** Certificates as their routes show them. */

import { certificateParts, checkRestoredCertificate } from "../../certificates/backup-parts.ts";
import { type CertificateMembers, certificateType } from "../../certificates/certificate-type.ts";
import {
  deleteCertificate,
  purgeCertificate,
  recoverCertificate,
} from "../../certificates/lifecycle.ts";
import { readPolicy } from "../../certificates/policy-record.ts";
import {
  deleteCertificateVersion,
  purgeCertificateVersion,
  recoverCertificateVersion,
} from "../../certificates/version-lifecycle.ts";
import { faceActions, type ObjectFace } from "../objects/object-face.ts";
import { certificateBundle, certificateItem, certificateVersionItem } from "./certificate-wire.ts";

/** The face. */
export const certificateFace: ObjectFace<CertificateMembers> = {
  type: certificateType,
  actions: { ...faceActions("certificates"), list: "Microsoft.KeyVault/vaults/certificates/read" },
  bundle: certificateBundle,
  versionItem: certificateVersionItem,
  item: certificateItem,
  complete: async (tx, vault, found) => ({
    ...found,
    policy: await readPolicy(tx, vault, found.object.name),
  }),
  remove: deleteCertificate,
  recover: recoverCertificate,
  purge: purgeCertificate,
  removeVersion: deleteCertificateVersion,
  recoverVersion: recoverCertificateVersion,
  purgeVersion: purgeCertificateVersion,
  partsOf: certificateParts,
  checkRestored: checkRestoredCertificate,
};
