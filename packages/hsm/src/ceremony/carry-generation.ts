// SPDX-License-Identifier: Apache-2.0
/**
 * Four keys under a domain key: made so, and put on a token.
 *
 * New keys go the way that recovered ones go: what a token holds was opened from the bytes that the domain file has, so
 * a domain file that could not be recovered from is found out before anything is wrapped by its keys.
 */

import { deriveSubkey } from "@strongroom/core";
import { type Attributes, toTemplate } from "../token/attributes.ts";
import { type ByKek, byKek, type KekName, kekAttributes } from "../token/keks.ts";
import type { Handle } from "../token/pkcs11.ts";
import { type Session, unwrapKey, withObject, wrapKey } from "../token/primitives.ts";
import { asOfficer, asUser, type ProbedSession } from "./ceremony-session.ts";
import { copyToToken, generateSecret, makeOnToken, makeTrusted } from "./key-objects.ts";

/** Four keys, each wrapped by RFC 5649 under a subkey of the domain key. */
export type WrappedKeks = ByKek<Uint8Array>;

/** Makes four keys that are on no token yet. */
export function wrapNewKeks(session: ProbedSession, domainKey: Uint8Array): WrappedKeks {
  return asUser(session, () => {
    const carrier = importCarrier(session, domainKey, { CKA_WRAP: true, CKA_PRIVATE: true });
    const by = { mechanism: session.keyWrap, key: carrier };
    return withObject(session, carrier, () =>
      byKek((name) => {
        const key = generateSecret(session, leavingTemplate(name));
        return new Uint8Array(withObject(session, key, () => wrapKey(session, by, key)));
      }),
    );
  });
}

/** Puts four keys on the token as generation `number`. */
export function installKeks(
  session: ProbedSession,
  wrapped: WrappedKeks,
  domainKey: Uint8Array,
  number: number,
): void {
  const trusted = asOfficer(session, () =>
    // Not private, or the officer could not use it.
    unwrapping(session, domainKey, { CKA_PRIVATE: false }, (unwrap) =>
      makeTrusted((attributes) => unwrap(wrapped.n, attributes)),
    ),
  );
  asUser(session, () => {
    withObject(session, trusted, () => copyToToken(session, trusted, number));
    unwrapping(session, domainKey, { CKA_PRIVATE: true }, (unwrap) => {
      for (const name of ["e", "s", "a"] as const) {
        makeOnToken(name, number, (attributes) => unwrap(wrapped[name], attributes));
      }
    });
  });
}

type Unwrap = (wrapped: Uint8Array, attributes: Attributes) => Handle;

function unwrapping<T>(
  session: ProbedSession,
  domainKey: Uint8Array,
  attributes: Attributes,
  work: (unwrap: Unwrap) => T,
): T {
  const carrier = importCarrier(session, domainKey, { ...attributes, CKA_UNWRAP: true });
  const by = { mechanism: session.keyWrap, key: carrier };
  return withObject(session, carrier, () =>
    work((wrapped, template) => unwrapKey(session, by, wrapped, template)),
  );
}

function importCarrier(session: Session, domainKey: Uint8Array, attributes: Attributes): Handle {
  const value = deriveSubkey(domainKey, "strongroom/domain-wrap/v1", new Uint8Array(0));
  try {
    const template = toTemplate({
      CKA_CLASS: "CKO_SECRET_KEY",
      CKA_KEY_TYPE: "CKK_AES",
      CKA_TOKEN: false,
      CKA_SENSITIVE: true,
      CKA_EXTRACTABLE: false,
      ...attributes,
      CKA_VALUE: value,
    });
    return session.module.C_CreateObject(session.handle, template);
  } finally {
    value.fill(0);
  }
}

function leavingTemplate(name: KekName): Attributes {
  const { CKA_MODIFIABLE: _, ...attributes } = kekAttributes[name];
  return { ...attributes, CKA_TOKEN: false, CKA_EXTRACTABLE: true };
}
