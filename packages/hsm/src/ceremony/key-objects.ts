// SPDX-License-Identifier: Apache-2.0
/**
 * How a key encryption key becomes an object of the token.
 *
 * KEK-N must be TRUSTED, which only the security officer can say, but an object that the officer stores on the token
 * cannot be private, and SoftHSM keeps public objects in clear. So the officer makes it as a session object, the user
 * logs in within the same session, and copies it to a private object of the token, which keeps TRUSTED.
 */

import pkcs11js from "pkcs11js";
import { type Attributes, toTemplate } from "../token/attributes.ts";
import { type KekName, kekAttributes, kekLabel } from "../token/keks.ts";
import type { Handle } from "../token/pkcs11.ts";
import type { Session } from "../token/primitives.ts";
import { isReturnValue } from "../token/token-errors.ts";

// CKA_MODIFIABLE stands last wherever it is false: SoftHSM takes no attribute after it.

/** Size of every key in bytes. */
const keyBytes = 32;

/** Generates a secret key with exactly these attributes. */
export function generateSecret(session: Session, attributes: Attributes): Handle {
  const { CKA_CLASS: _, CKA_KEY_TYPE: keyType, ...template } = attributes;
  const mechanism =
    keyType === "CKK_AES" ? pkcs11js.CKM_AES_KEY_GEN : pkcs11js.CKM_GENERIC_SECRET_KEY_GEN;
  const full = toTemplate({ ...template, CKA_VALUE_LEN: keyBytes });
  return session.module.C_GenerateKey(session.handle, { mechanism }, full);
}

/** Attributes of KEK-N while the officer holds it: no object of the token, and not private. */
export function officersTemplate(): Attributes {
  const { CKA_MODIFIABLE: _, ...attributes } = kekAttributes.n;
  return { ...attributes, CKA_TOKEN: false, CKA_PRIVATE: false };
}

/** Makes KEK-N as the officer, trusted where the token lets the officer say so. */
export function makeTrusted(make: (attributes: Attributes) => Handle): Handle {
  return whereKnown({ CKA_TRUSTED: true }, (extra) => make({ ...officersTemplate(), ...extra }));
}

/** Copies KEK-N, which the officer made, to a private object of the token. */
export function copyToToken(session: Session, key: Handle, generation: number): void {
  whereKnown({ CKA_COPYABLE: false }, (extra) => {
    const copy = {
      CKA_TOKEN: true,
      CKA_PRIVATE: true,
      CKA_LABEL: kekLabel("n", generation),
      ...extra,
      CKA_MODIFIABLE: false,
    };
    return session.module.C_CopyObject(session.handle, key, toTemplate(copy));
  });
}

/** Makes one of the others as an object of the token, which is what `make` gets the attributes of. */
export function makeOnToken(
  name: Exclude<KekName, "n">,
  generation: number,
  make: (attributes: Attributes) => Handle,
): void {
  const { CKA_MODIFIABLE: _, ...attributes } = kekAttributes[name];
  whereKnown({ CKA_COPYABLE: false }, (extra) =>
    make({ ...attributes, CKA_LABEL: kekLabel(name, generation), ...extra, CKA_MODIFIABLE: false }),
  );
}

// CKA_COPYABLE came with PKCS#11 2.40, and some tokens let nobody set CKA_TRUSTED: a token that does not take an
// attribute in a call gets the call without it. What it then holds is looked at when the token is opened.
function whereKnown<T>(extra: Attributes, call: (extra: Attributes) => T): T {
  try {
    return call(extra);
  } catch (error) {
    const refusals = [
      pkcs11js.CKR_ATTRIBUTE_READ_ONLY,
      pkcs11js.CKR_ATTRIBUTE_TYPE_INVALID,
      pkcs11js.CKR_ATTRIBUTE_VALUE_INVALID,
      pkcs11js.CKR_TEMPLATE_INCONSISTENT,
    ];
    if (isReturnValue(error, ...refusals)) {
      return call({});
    }
    throw error;
  }
}
