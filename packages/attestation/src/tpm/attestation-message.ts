// SPDX-License-Identifier: Apache-2.0
/** Messages `attest.Attestation` of go-tpm-tools: a machine's quotes of every bank, its log, its key and certificates. */

import { toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { bytesOf, type ProtobufFields, readProtobuf } from "../protobuf-fields.ts";
import { toTpmHash } from "./algorithms.ts";
import type { PcrBanks } from "./pcr-values.ts";
import type { SignedQuote, TpmItem } from "./tpm-file-items.ts";

/** Numbers of the fields in `attest.proto` and `tpm.proto`. */
const attestation = {
  akPublic: 1,
  quotes: 2,
  eventLog: 3,
  akCertificate: 6,
  intermediates: 7,
} as const;
const quote = { message: 1, signature: 2, pcrs: 3 } as const;
const pcrs = { hash: 1, values: 2 } as const;
const entry = { index: 1, value: 2 } as const;

/** What the message holds. @throws {StrongroomError} `EvidenceMalformed` if it is none. */
export function readAttestationMessage(bytes: Uint8Array): readonly TpmItem[] {
  const fields = readProtobuf(bytes);
  const quotes = bytesOf(fields, attestation.quotes).map(readQuote);
  if (quotes.length === 0) {
    throw malformed("a message without quotes");
  }
  const certificates = [attestation.akCertificate, attestation.intermediates].flatMap((field) =>
    bytesOf(fields, field),
  );
  return [
    ...quotes.map((one) => ({ kind: "signed-quote", ...one }) as const),
    ...bytesOf(fields, attestation.akPublic).map(
      (encoded) => ({ kind: "public", encoded }) as const,
    ),
    ...certificates.map((der) => ({ kind: "certificate", der }) as const),
    ...bytesOf(fields, attestation.eventLog).map((log) => ({ kind: "event-log", log }) as const),
  ];
}

function readQuote(bytes: Uint8Array): SignedQuote {
  const fields = readProtobuf(bytes);
  const [message] = bytesOf(fields, quote.message);
  const [signature] = bytesOf(fields, quote.signature);
  const [values] = bytesOf(fields, quote.pcrs);
  if (message === undefined || signature === undefined || values === undefined) {
    throw malformed("a quote without its signature or its values");
  }
  return { message, signature, pcrs: readPcrs(values) };
}

function readPcrs(bytes: Uint8Array): PcrBanks {
  const fields = readProtobuf(bytes);
  const bank = toTpmHash(Number(fields.get(pcrs.hash)?.[0] ?? 0));
  const values = bytesOf(fields, pcrs.values).map(readProtobuf).map(readEntry);
  return { [bank]: Object.fromEntries(values) };
}

/** The number 0 is left out, as Protocol Buffers leave out what is the default. */
function readEntry(fields: ProtobufFields): readonly [string, string] {
  const [value = new Uint8Array()] = bytesOf(fields, entry.value);
  return [String(fields.get(entry.index)?.[0] ?? 0), toHex(value)];
}
