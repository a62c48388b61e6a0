// SPDX-License-Identifier: Apache-2.0
/** Secrets as their routes show them. */

import { type SecretMembers, secretType } from "../../secrets/secret-type.ts";
import { faceActions, type ObjectFace, ordinaryLifecycle } from "../objects/object-face.ts";
import { currentSecretItem, secretItem } from "./secret-wire.ts";

/** The face. */
export const secretFace: ObjectFace<SecretMembers> = {
  type: secretType,
  actions: {
    ...faceActions("secrets"),
    list: "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
  },
  bundle: secretItem,
  versionItem: secretItem,
  item: currentSecretItem,
  ...ordinaryLifecycle(secretType),
};
