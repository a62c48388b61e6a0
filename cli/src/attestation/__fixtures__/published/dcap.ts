// SPDX-License-Identifier: Apache-2.0
/** TDX and SGX quotes. */

import { at, endorsed, phala, type Row } from "./row.ts";

const phalaSgx = "sgx/Phala-Network__dcap-qvl";
const google = "tdx/google__go-tdx-guest";
const openEnclave = "sgx/openenclave__openenclave";
const teepot = "sgx/matter-labs__teepot";
/** A platform of Intel's own making, under a root of its own: none of its numbers is zero. */
const ofIntel = (tee: "sgx" | "tdx"): readonly string[] => {
  const sample = `${tee}/intel__SGX-TDX-DCAP-QuoteVerificationLibrary`;
  const names = ["intermediateCaCrl.der", "rootCaCrl.der", "pckCert.pem", "pckSignChain.pem"];
  const statements = ["qeIdentity.json", "tcbInfo.json", "tcbSignChain.pem"];
  return [
    ...endorsed(...names.concat(statements).map((name) => `${sample}/${name}`)),
    ...["--trust-root", `${sample}/trustedRootCaCert.pem`],
    ...at("2022-01-01T00:00:00Z"),
  ];
};
const loose = (fmspc: string) =>
  endorsed(
    ...["pck_crl_platform.der", "qe_identity_signing_chain.pem", "root_ca_crl.der"]
      .concat(`tcb_info_${fmspc}.json`, "td_qe_identity.json")
      .map((name) => `tdx/confidential-dot-ai__attestation-rs/${name}`),
  );

/** The rows. */
export const dcap: readonly Row[] = [
  [
    ...(["tdx", `${phala}/tdx_quote`] as const),
    [...endorsed(`${phala}/tdx_quote_collateral.json`), ...at("2025-07-01T00:00:00Z")],
    ["trailing-bytes"],
  ],
  [
    ...(["tdx", `${phala}/near_quote_hex.txt`] as const),
    [...endorsed(`${phala}/near_quote_collateral.json`), ...at("2025-09-15T00:00:00Z")],
    ["trailing-bytes"],
  ],
  [
    ...(["tdx", `${phala}/tdx_quote`] as const),
    [...endorsed(`${phala}/tdx_quote_collateral.json`), ...at("2025-08-01T00:00:00Z")],
    "expired",
  ],
  [
    ...(["tdx", `${phala}/tdx_quote_outdated`] as const),
    [...endorsed(`${phala}/tdx_quote_outdated_collateral.json`), ...at("2026-03-01T00:00:00Z")],
    "tcb-out-of-date",
  ],
  [
    ...(["tdx", "tdx/matter-labs__teepot/tdx_1.quote.bin"] as const),
    [...endorsed("tdx/matter-labs__teepot/tdx_1.collateral.json"), ...at("2024-12-05T13:55:35Z")],
    ["trailing-bytes"],
  ],
  [
    ...(["tdx", "tdx/google__go-tdx-guest/quote_v5_sample.dat"] as const),
    [...loose("90c06f000000"), ...at("2026-03-20T00:00:00Z")],
    [],
  ],
  [
    ...(["tdx", "tdx/confidential-containers__trustee/tdx_quote_4.dat"] as const),
    [...loose("50806f000000"), ...at("2026-03-20T00:00:00Z")],
    "policy-denied",
  ],
  [
    ...(["sgx", `${phalaSgx}/sgx_quote`] as const),
    [...endorsed(`${phalaSgx}/sgx_quote_collateral.json`), ...at("2025-07-01T00:00:00Z")],
    ["tcb-ConfigurationAndSWHardeningNeeded"],
  ],
  [
    ...(["sgx", `${teepot}/sw_hardening.quote.bin`] as const),
    [...endorsed(`${teepot}/sw_hardening.collateral.json`), ...at("2023-05-15T15:41:43Z")],
    ["tcb-SWHardeningNeeded"],
  ],
  [
    ...(["sgx", `${teepot}/out_of_date.quote.bin`] as const),
    [...endorsed(`${teepot}/out_of_date.collateral.json`), ...at("2023-05-15T15:41:43Z")],
    "tcb-out-of-date",
  ],
  ["tdx", `${teepot}/sw_hardening.quote.bin`, [], "malformed"],
  [
    ...(["tdx", `${phala}/quote-from-tappd.hex`] as const),
    [...endorsed(`${phala}/tdx_quote_collateral.json`), ...at("2025-07-01T00:00:00Z")],
    "tcb-out-of-date",
  ],
  // Intel's signers of that time are among the endorsements of another quote.
  [
    ...(["tdx", `${google}/tdx_prod_quote_SPR_E4.dat`] as const),
    [
      ...endorsed(`${google}/sample_qeIdentity_response`, `${google}/sample_tcbInfo_response`),
      ...endorsed(`${google}/pckcrl`, `${google}/rootcrl.der`),
      ...[...endorsed(`${teepot}/sw_hardening.collateral.json`), ...at("2023-06-20T00:00:00Z")],
    ],
    "tcb-out-of-date",
  ],
  // Of a platform that was certified after those endorsements were issued.
  [
    ...(["sgx", `${teepot}/get_ethereum_address_from_sgx_quote.quote.bin`] as const),
    [...endorsed(`${teepot}/sw_hardening.collateral.json`), ...at("2023-05-15T15:41:43Z")],
    "expired",
  ],
  ["sgx", `${openEnclave}/sgx_report_bad.bin`, [], "untrusted-chain"],
  ["sgx", `${openEnclave}/sgx_cert_ec_bad.der`, [], "malformed"],
  ["sgx", `${openEnclave}/sgx_cert_rsa_bad.der`, [], "malformed"],
  [
    ...(["sgx", "sgx/intel__SGX-TDX-DCAP-QuoteVerificationLibrary/quote.dat"] as const),
    ...([ofIntel("sgx"), ["reserved-bits"]] as const),
  ],
  // Its TCB info has security versions above 255, which Intel's service does not.
  [
    ...(["tdx", "tdx/intel__SGX-TDX-DCAP-QuoteVerificationLibrary/quote.dat"] as const),
    ...([ofIntel("tdx"), "malformed"] as const),
  ],
];
