// SPDX-License-Identifier: Apache-2.0
/** Secrets as their routes show them. */

import { type SecretMembers, secretType } from "../../secrets/secret-type.ts";
import { type ObjectFace, ordinaryLifecycle } from "../objects/object-face.ts";
import { currentSecretItem, secretItem } from "./secret-wire.ts";

const prefix = "Microsoft.KeyVault/vaults/secrets";

/** The face. */
export const secretFace: ObjectFace<SecretMembers> = {
  type: secretType,
  actions: {
    list: `${prefix}/readMetadata/action`,
    delete: `${prefix}/delete`,
    recover: `${prefix}/recover/action`,
    purge: `${prefix}/purge/action`,
    backup: `${prefix}/backup/action`,
    restore: `${prefix}/restore/action`,
  },
  bundle: secretItem,
  versionItem: secretItem,
  item: currentSecretItem,
  ...ordinaryLifecycle(secretType),
};
