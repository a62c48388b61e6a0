// SPDX-License-Identifier: Apache-2.0
/** Tokens of Arm CCA. */

import { endorsed, type Row } from "./row.ts";

const veraison = "cca/veraison__services";

/** The rows. */
export const cca: readonly Row[] = [
  // The platform's key was not published with it.
  [
    "cca",
    `${veraison}/scheme__arm-cca__test__evidence__cca-good.cbor`,
    [],
    "endorsements-unavailable",
  ],
  ["cca", `${veraison}/end-to-end__input__cca-evidence.cbor`, [], "endorsements-unavailable"],
  [
    ...(["cca", `${veraison}/end-to-end__input__cca-evidence.cbor`] as const),
    endorsed("jwt-ear/veraison__ear/pkey.json"),
    "bad-signature",
  ],
  ["cca", `${veraison}/scheme__psa-iot__test__psa-token.cbor`, [], "malformed"],
];
