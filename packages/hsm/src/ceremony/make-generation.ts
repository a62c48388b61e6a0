// SPDX-License-Identifier: Apache-2.0
/** Four new keys that nobody can ever take out of the token. */

import { withObject } from "../token/primitives.ts";
import { asOfficer, asUser, type CeremonySession } from "./ceremony-session.ts";
import { copyToToken, generateSecret, makeOnToken, makeTrusted } from "./key-objects.ts";

/** Makes the keys of generation `number` on the token. */
export function makeGeneration(session: CeremonySession, number: number): void {
  const trusted = asOfficer(session, () =>
    makeTrusted((attributes) => generateSecret(session, attributes)),
  );
  asUser(session, () => {
    withObject(session, trusted, () => copyToToken(session, trusted, number));
    for (const name of ["e", "s", "a"] as const) {
      makeOnToken(name, number, (attributes) => generateSecret(session, attributes));
    }
  });
}
