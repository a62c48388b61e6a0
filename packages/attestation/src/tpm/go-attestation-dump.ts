// SPDX-License-Identifier: Apache-2.0
/** What Go's `go-attestation` keeps of a machine in JSON: its key, one quote, registers and log. Package `attest`, type `Dump`. */

import { toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, type JsonObject } from "../strict-json.ts";
import type { TpmHash } from "./algorithms.ts";
import type { PcrBanks } from "./pcr-values.ts";
import type { TpmItem } from "./tpm-file-items.ts";

/** Numbers of Go's `crypto.Hash`. */
const hashes: ReadonlyMap<unknown, TpmHash> = new Map<unknown, TpmHash>([
  [3, "sha1"],
  [5, "sha256"],
  [6, "sha384"],
  [7, "sha512"],
]);

/** Version of the TPM: what 1.2 signs is in another form. */
const tpm2 = 2;

/** What it holds; undefined where the JSON is of another kind. @throws {StrongroomError} `EvidenceMalformed` if a part is missing, or of a TPM 1.2. */
export function readGoAttestationDump(json: JsonObject): readonly TpmItem[] | undefined {
  const { Static: fixed, AK: key, Quote: quote, Log: log } = json;
  if (!(isJsonObject(fixed) && isJsonObject(key) && isJsonObject(quote) && isJsonObject(log))) {
    return undefined;
  }
  if (fixed["TPMVersion"] !== tpm2) {
    throw malformed("a dump of another TPM than 2.0");
  }
  const message = fromBase64(quote["Quote"]);
  const signature = fromBase64(quote["Signature"]);
  return [
    { kind: "signed-quote", message, signature, pcrs: readRegisters(log["PCRs"]) },
    { kind: "public", encoded: fromBase64(key["Public"]) },
    { kind: "event-log", log: fromBase64(log["Raw"]) },
  ];
}

function readRegisters(list: unknown): PcrBanks {
  const registers = (Array.isArray(list) ? list : []).filter(isJsonObject);
  const banks = [...hashes].map(([number, bank]) => {
    const own = registers.filter(({ DigestAlg: algorithm }) => algorithm === number);
    const values = own.map((one) => [String(one["Index"]), toHex(fromBase64(one["Digest"]))]);
    return [bank, Object.fromEntries(values)] as const;
  });
  return Object.fromEntries(banks.filter(([, values]) => Object.keys(values).length > 0));
}

function fromBase64(value: unknown): Uint8Array {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/u.test(value)) {
    throw malformed("a dump without one of its parts");
  }
  return new Uint8Array(Buffer.from(value, "base64"));
}
