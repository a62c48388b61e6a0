// SPDX-License-Identifier: Apache-2.0
/** Who keeps class N keys from being loaded as something weaker: found out by trying it with a throw-away key. */

import pkcs11js from "pkcs11js";
import { readFlag } from "./attributes.ts";
import { generateLeavingKey } from "./generate-key.ts";
import { objectTemplate } from "./key-purposes.ts";
import { type Session, unwrapKey, type WrappingKey, withObject, wrapKey } from "./primitives.ts";
import { isReturnValue } from "./token-errors.ts";

const refusals = [
  pkcs11js.CKR_ATTRIBUTE_READ_ONLY,
  pkcs11js.CKR_ATTRIBUTE_VALUE_INVALID,
  pkcs11js.CKR_TEMPLATE_INCONSISTENT,
] as const;

/** `token` if KEK-N's unwrap template makes the token refuse (or override) a readable template, else `host`. */
export function whoEnforces(session: Session, kekN: WrappingKey): "token" | "host" {
  const made = generateLeavingKey(session, "ec-p256", "N");
  const wrapped = withObject(session, made.key, (key) => wrapKey(session, kekN, key));
  const readable = {
    ...objectTemplate("ec-p256", "sign"),
    CKA_SENSITIVE: false,
    CKA_EXTRACTABLE: true,
  };
  try {
    const key = unwrapKey(session, kekN, wrapped, readable);
    return withObject(session, key, () =>
      readFlag(session.module, session.handle, key, "CKA_SENSITIVE") ? "token" : "host",
    );
  } catch (error) {
    if (isReturnValue(error, ...refusals)) {
      return "token";
    }
    throw error;
  }
}
