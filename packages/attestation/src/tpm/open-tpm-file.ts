// SPDX-License-Identifier: Apache-2.0
/**
 * Finds what a file about a TPM holds, whatever it is: structures of TPM 2.0 Part 2, tpm2-tools' and go-tpm-tools' files,
 * keys and certificates in PEM or DER, JSON of agents, event logs.
 */

import { malformed } from "../byte-reader.ts";
import { isEventLog } from "../eventlog/is-event-log.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { asAscii, decodeText } from "../text-encodings.ts";
import { firstDerValue } from "../x509/der.ts";
import { parsePemBlocks } from "../x509/pem.ts";
import { readAttestationMessage } from "./attestation-message.ts";
import { readKeylimeQuote } from "./keylime-quote.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { parseTpmSignature } from "./parse-tpm-signature.ts";
import { readParsecEvidence } from "./parsec-evidence.ts";
import { readPcrListing, readSerializedPcrs } from "./pcr-files.ts";
import { readSerializedQuote } from "./serialized-quote.ts";
import type { TpmItem } from "./tpm-file-items.ts";
import { readTpmJson } from "./tpm-json.ts";

/** Bytes of one file; a log of a workstation is below 100 KiB. JSON of agents has lists of what the kernel measured too. */
const longest = { json: 4_194_304, other: 1_048_576 } as const;

/** TPM_GENERATED_VALUE and TPM_ST_ATTEST_QUOTE, as a quote begins. */
const quoteStart = "ff5443478018";

/** SubjectPublicKeyInfo on P-256, P-384 and P-521: its first bytes, and all of them. */
const curveKeys = [
  { start: "3059", length: 91 },
  { start: "3076", length: 120 },
  { start: "30819b", length: 158 },
] as const;

/** Everything in `file`. @throws {StrongroomError} `EvidenceMalformed` if it is nothing of this kind. */
export function openTpmFile(file: Uint8Array): readonly TpmItem[] {
  const text = asAscii(file);
  const most = text?.trimStart().startsWith("{") === true ? longest.json : longest.other;
  if (file.length === 0 || file.length > most) {
    throw malformed(`a file of ${file.length} bytes`);
  }
  return text === undefined ? openBinary(file) : openText(text);
}

function openText(text: string): readonly TpmItem[] {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    return readTpmJson(trimmed, openBinary);
  }
  if (trimmed.includes("-----BEGIN ")) {
    return openPem(trimmed);
  }
  const ofAgent = readKeylimeQuote(trimmed);
  if (ofAgent !== undefined) {
    return [ofAgent];
  }
  const listing = readPcrListing(trimmed);
  const binary = listing === undefined ? decodeText(trimmed) : undefined;
  if (listing !== undefined) {
    return [{ kind: "pcrs", banks: listing }];
  }
  if (binary === undefined) {
    throw malformed("text that is nothing of a tpm");
  }
  return openBinary(binary);
}

function openPem(text: string): readonly TpmItem[] {
  return parsePemBlocks(text).flatMap(({ label, der }): readonly TpmItem[] => {
    switch (label) {
      case "CERTIFICATE":
        return [{ kind: "certificate", der: withoutPadding(der) }];
      case "PUBLIC KEY":
        return [{ kind: "spki", der }];
      default:
        return [];
    }
  });
}

/** Readers of one form each, in the order in which they are asked; one that answers undefined knows better forms. */
const readers: readonly ((bytes: Uint8Array) => readonly TpmItem[] | undefined)[] = [
  openQuote,
  openToken,
  openDer,
  (bytes) => ifWellFormed(() => [{ kind: "signature", value: checked(bytes, parseTpmSignature) }]),
  (bytes) =>
    ifWellFormed(() => [{ kind: "public", encoded: checked(unsized(bytes), parseTpmPublic) }]),
  (bytes) => (isEventLog(bytes) ? [{ kind: "event-log", log: bytes }] : undefined),
  readSerializedPcrs,
  readSerializedQuote,
  readParsecEvidence,
  (bytes) => ifWellFormed(() => readAttestationMessage(bytes)),
];

function openBinary(bytes: Uint8Array): readonly TpmItem[] {
  for (const read of readers) {
    const found = read(bytes);
    if (found !== undefined) {
      return found;
    }
  }
  return [{ kind: "opaque", bytes }];
}

function openQuote(bytes: Uint8Array): readonly TpmItem[] | undefined {
  const message = unsized(bytes);
  return startsWith(message, quoteStart) ? [{ kind: "quote", message }] : undefined;
}

/** An EnactTrust token: the node's identifier, the quote with its length, the signature. */
function openToken(bytes: Uint8Array): readonly TpmItem[] | undefined {
  const end = 18 + (bytes[16] ?? 0) * 256 + (bytes[17] ?? 0);
  const message = bytes.slice(18, end);
  return startsWith(message, quoteStart) && end < bytes.length
    ? [{ kind: "signed-quote", message, signature: bytes.slice(end), pcrs: undefined }]
    : undefined;
}

function openDer(bytes: Uint8Array): readonly TpmItem[] | undefined {
  // Two-byte lengths: shorter certificates and RSA keys of 2048 bits do not exist.
  if (bytes[0] === 0x30 && bytes[1] === 0x82) {
    return [
      bytes[4] === 0x30 && bytes[5] === 0x82
        ? { kind: "certificate", der: withoutPadding(bytes) }
        : { kind: "spki", der: bytes },
    ];
  }
  const isKey = curveKeys.some(
    ({ start, length }) => startsWith(bytes, start) && bytes.length === length,
  );
  return isKey ? [{ kind: "spki", der: bytes }] : undefined;
}

/** NV memory is longer than the certificate in it: zeros or ones behind it are none of it. */
function withoutPadding(der: Uint8Array): Uint8Array {
  const value = ifWellFormed(() => firstDerValue(der)) ?? der;
  const rest = der.subarray(value.length);
  const isPadding = [0x00, 0xff].some((fill) => rest.every((byte) => byte === fill));
  return isPadding ? value : der;
}

/** Without the length before it (TPM2B), where that is what the bytes begin with. */
function unsized(bytes: Uint8Array): Uint8Array {
  return (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0) === bytes.length - 2 ? bytes.slice(2) : bytes;
}

function startsWith(bytes: Uint8Array, hex: string): boolean {
  return Buffer.from(bytes.subarray(0, hex.length / 2)).toString("hex") === hex;
}

function checked(bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown): Uint8Array {
  parse(bytes);
  return bytes;
}
