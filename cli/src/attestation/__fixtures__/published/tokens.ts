// SPDX-License-Identifier: Apache-2.0
/** Tokens of other authorities. */

import { at, endorsed, type Row } from "./row.ts";

const ear = "jwt-ear/veraison__ear";
const maa =
  "jwt-maa/ThomVanL__blog-2022-12-azure-confidential-computing-secure-key-release/attestation-response.b64";

/** The rows. */
export const tokens: readonly Row[] = [
  ["jwt", `${ear}/ear_test_0.jwt`, endorsed(`${ear}/pkey.json`), ["no-expiry"]],
  ["jwt", `${ear}/ear_test_3.jwt`, endorsed(`${ear}/ear_test_pub.jwk.json`), ["no-expiry"]],
  ["jwt", `${ear}/ear_test_0.jwt`, [], "endorsements-unavailable"],
  ["jwt", `${ear}/ear_test_1.jwt`, endorsed(`${ear}/pkey.json`), "policy-denied"],
  ["jwt", `${ear}/ear_test_2.jwt`, endorsed(`${ear}/pkey.json`), "malformed"],
  [
    ...(["jwt", "jwt-ear/veraison__services/walkthrough_0.jwt"] as const),
    [
      ...endorsed(`${ear}/pkey.json`),
      ...["--nonce", "15e8812f462cd32bd78816c014cb353870d75edc34f111aafd211225d49a5cfb"],
    ],
    "binding-mismatch",
  ],
  ["jwt", maa, at("2022-12-23T23:10:00Z"), "endorsements-unavailable"],
  [
    "nras",
    "nvidia/NVIDIA__attestation-sdk/sample_attestation_data__hopperClaimsv3_detached_eat.json",
    ...([[], "endorsements-unavailable"] as const),
  ],
];
