// SPDX-License-Identifier: Apache-2.0
/** Documents of AWS Nitro. */

import { at, endorsed, type Row } from "./row.ts";

const evervault = "nitro/evervault__attestation-doc-validation";
const sparsity = "nitro/sparsity-xyz__aws-nitro-enclave-attestation";
const veracruz = "nitro/veracruz-project__go-nitro-enclave-attestation-document";
const inCertificate = "cert-containing-attestation-document-18-1-23";
const january = at("2023-01-18T15:15:14Z");
const pcrs = (name: string) =>
  endorsed(`${evervault}/valid_attestation_doc_in_${name}_time_sensitive.json`);

/** The rows. */
export const nitro: readonly Row[] = [
  [
    ...(["nitro", `${evervault}/debug-mode-attestation-doc-bytes`] as const),
    at("2022-10-12T13:50:06Z"),
    "policy-denied",
  ],
  [
    ...(["nitro", `${evervault}/debug-mode-attestation-doc-bytes`] as const),
    [...at("2022-10-12T13:50:06Z"), "--allow-debug"],
    ["debug"],
  ],
  [
    ...(["nitro", `${evervault}/valid-attestation-doc-base64`] as const),
    at("2023-09-18T15:03:30Z"),
    "policy-denied",
  ],
  ["nitro", `${evervault}/valid-attestation-doc-bytes`, at("2022-10-13T08:58:02Z"), []],
  ["nitro", `${evervault}/valid-attestation-doc-bytes`, at("2022-10-14T08:58:02Z"), "expired"],
  ["nitro", `${evervault}/non-debug-${inCertificate}.pem`, january, []],
  ["nitro", `${evervault}/non-debug-${inCertificate}-der.crt`, january, []],
  [
    ...(["nitro", `${evervault}/debug-mode-cert-containing-attestation-doc-18-1-23.pem`] as const),
    january,
    "policy-denied",
  ],
  [
    ...(["nitro", `${evervault}/non-debug-${inCertificate}.pem`] as const),
    [...january, ...pcrs("non_debug_mode_with_correct_pcrs")],
    [],
  ],
  [
    ...(["nitro", `${evervault}/non-debug-${inCertificate}.pem`] as const),
    [...january, ...pcrs("cert_incorrect_pcrs")],
    "policy-denied",
  ],
  ["nitro", `${sparsity}/attestation_1.report`, at("2024-08-16T09:11:49Z"), "policy-denied"],
  ["nitro", `${sparsity}/attestation_2.report`, at("2023-09-28T11:08:27Z"), []],
  [
    ...(["nitro", `${veracruz}/aws_nitro_document.cbor`] as const),
    [...at("2022-11-09T22:52:00Z"), "--trust-root", `${veracruz}/aws_nitro_root_cert.pem`],
    [],
  ],
  [
    ...(["nitro", `${veracruz}/aws_nitro_document_bad_sig.cbor`] as const),
    at("2022-11-09T22:52:00Z"),
    "bad-signature",
  ],
];
