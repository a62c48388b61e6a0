// SPDX-License-Identifier: Apache-2.0
/** Azure machines' evidence in the JSON that Confidential Containers' agents send, versions 0 to 2, bare or in `evidence`. */

import { toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../strict-json.ts";
import { fromNumbers } from "../text-encodings.ts";
import type { AzureVtpmEvidence } from "./verify-azure-vtpm.ts";

/** The evidence, with what came beside it: a VCEK in PEM or DER, or a TD quote. */
export interface FoundAzureEvidence {
  readonly evidence: AzureVtpmEvidence;
  readonly vcek: Uint8Array | undefined;
  readonly tdQuote: Uint8Array | undefined;
}

/** Bytes of a file: version 0 has lists of numbers, of which tools put each into a line of its own. */
const longest = 1_048_576;

/** @throws {StrongroomError} `EvidenceMalformed` if it is in none of the JSON forms. */
export function readAzureEvidence(bytes: Uint8Array): FoundAzureEvidence {
  const whole = parseStrictJson(bytes, longest);
  const json = isJsonObject(whole) && "evidence" in whole ? whole["evidence"] : whole;
  if (!isJsonObject(json)) {
    throw malformed("evidence is no object");
  }
  const quote = json["tpm_quote"] ?? json["quote"];
  const report = json["hcl_report"] ?? json["report"];
  if (!isJsonObject(quote)) {
    throw malformed("evidence has no quote");
  }
  return {
    evidence: {
      hclReport: toBytes(report, "base64url"),
      quote: toBytes(quote["message"], "hex"),
      signature: toBytes(quote["signature"], "hex"),
      pcrs: { sha256: toPcrs(quote["pcrs"]) },
    },
    vcek: readVcek(json),
    tdQuote: json["td_quote"] === undefined ? undefined : toBytes(json["td_quote"], "base64url"),
  };
}

function readVcek({ vcek }: JsonObject): Uint8Array | undefined {
  if (typeof vcek === "string" && vcek.startsWith("-----BEGIN")) {
    return new Uint8Array(Buffer.from(vcek));
  }
  return vcek === undefined ? undefined : toBytes(vcek, "base64url");
}

function toPcrs(pcrs: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(pcrs)) {
    throw malformed("evidence has no pcrs");
  }
  const values = pcrs.map((pcr, index) => [String(index), toHex(toBytes(pcr, "hex"))] as const);
  return Object.fromEntries(values);
}

/** Base64 of either alphabet, long enough that it is told from hexadecimal. */
const anyBase64 = /^[A-Za-z0-9+/_-]{32,}={0,2}$/u;

const alphabets = { hex: /^(?:[0-9a-f]{2})*$/iu, base64url: /^[A-Za-z0-9_-]*={0,2}$/u } as const;

/** Version 0 has lists of numbers, later ones text. */
function toBytes(value: unknown, encoding: keyof typeof alphabets): Uint8Array {
  const listed = fromNumbers(value);
  if (listed !== undefined) {
    return listed;
  }
  const text = typeof value === "string" ? value : " ";
  const found = alphabets[encoding].test(text) ? encoding : anyBase64.test(text) && "base64";
  if (found === false) {
    throw malformed("evidence has bytes in no known form");
  }
  return new Uint8Array(Buffer.from(text, found));
}
