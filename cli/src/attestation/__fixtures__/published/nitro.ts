// SPDX-License-Identifier: Apache-2.0
/** Documents of AWS Nitro. */

import { at, endorsed, type Row } from "./row.ts";

const evervault = "nitro/evervault__attestation-doc-validation";
const sparsity = "nitro/sparsity-xyz__aws-nitro-enclave-attestation";
const veracruz = "nitro/veracruz-project__go-nitro-enclave-attestation-document";
const published = `${evervault}/non-debug-cert-containing-attestation-document-18-1-23.pem`;
const publishedDer = `${evervault}/non-debug-cert-containing-attestation-document-18-1-23-der.crt`;
const debug = `${evervault}/debug-mode-cert-containing-attestation-doc-18-1-23.pem`;
const january = at("2023-01-18T15:15:14Z");
const pcrs = (name: string) => endorsed(`${evervault}/${name}`);

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
  ["nitro", published, january, []],
  ["nitro", publishedDer, january, []],
  [...(["nitro", debug] as const), january, "policy-denied"],
  [
    ...(["nitro", debug] as const),
    [
      ...[...january, "--allow-debug"],
      ...pcrs("valid_attestation_doc_in_cert_time_sensitive.json"),
    ],
    ["debug"],
  ],
  [
    ...(["nitro", `${evervault}/valid-attestation-doc-base64`] as const),
    [...[...at("2023-09-18T15:03:30Z"), "--allow-debug"], ...pcrs("valid_attestation_doc_ga.json")],
    ["debug"],
  ],
  [
    ...(["nitro", publishedDer] as const),
    [...january, ...pcrs("valid_attestation_doc_in_cert_der_encoding_time_sensitive.json")],
    [],
  ],
  [
    ...(["nitro", published] as const),
    [...january, ...pcrs("valid_attestation_doc_check_pcr8_only_time_sensitive.json")],
    [],
  ],
  [
    ...(["nitro", published] as const),
    [
      ...january,
      ...pcrs("valid_attestation_doc_in_non_debug_mode_with_correct_pcrs_time_sensitive.json"),
    ],
    [],
  ],
  [
    ...(["nitro", published] as const),
    [...january, ...pcrs("valid_attestation_doc_in_cert_incorrect_pcrs_time_sensitive.json")],
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
