// SPDX-License-Identifier: Apache-2.0
/** Quotes of TPMs. */

import { challenge, endorsed, issuers, kinvolk, type Row, shielded, trustee } from "./row.ts";

const enact = "tpm/veraison__services";
const token = `${enact}/scheme__tpm-enacttrust__test__evidence__basic.token`;
const tools = "tpm/google__go-tpm-tools";

/** The rows. */
export const tpm: readonly Row[] = [
  ...["gce-cos-85-no-nonce.pb", "gce-cos-85-no-nonce.decoded.json"].map(
    (name): Row => ["tpm", `${tools}/${name}`, endorsed(...issuers), ["weak-bank-ignored"]],
  ),
  [
    "tpm",
    `${shielded}-no-nonce.pb`,
    [...endorsed(...issuers), "--nonce", "9009"],
    "binding-mismatch",
  ],
  ["tpm", `${shielded}-no-nonce.pb`, [], "untrusted-chain"],
  ...["gce-cos-85-nonce9009.pb", "gce-cos-85-nonce9009.decoded.json"].map(
    (name): Row => [
      ...(["tpm", `${tools}/${name}`] as const),
      [...endorsed(...issuers), "--nonce", "9009"],
      ["weak-bank-ignored"],
    ],
  ),
  [
    ...(["tpm", "eventlog/google__go-attestation/windows_gcp_shielded_vm.json"] as const),
    ...([[], "untrusted-chain"] as const),
  ],
  ["tpm", "eventlog/google__go-eventlog/legacydata__linux_tpm12.json", [], "malformed"],
  ["tpm", "tpm/keylime__keylime/keylime_tpm_util.json", [], "untrusted-chain"],
  [
    ...(["tpm", `${kinvolk}/quote.bin`] as const),
    ["--trust-root", `${kinvolk}/akpub.pem`, ...challenge],
    ["key-given", "key-attributes-unknown"],
  ],
  [
    ...(["tpm", token] as const),
    ["--trust-root", `${enact}/scheme__tpm-enacttrust__test__keys__basic.pem.pub`],
    ["key-given", "key-attributes-unknown", "pcr-values-missing"],
  ],
  [...(["tpm", token] as const), ["--trust-root", `${kinvolk}/akpub.pem`], "bad-signature"],
  [
    ...(["tpm", `${trustee}/tpm-quote.msg`] as const),
    [...endorsed(`${trustee}/tpm-quote.sig`), "--trust-root", `${kinvolk}/akpub.pem`],
    "bad-signature",
  ],
  [
    "tpm",
    "tpm/veraison__services/scheme__parsec-tpm__test__evidence__evidence.cbor",
    ...([[], "untrusted-chain"] as const),
  ],
];
