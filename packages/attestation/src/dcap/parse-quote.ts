// SPDX-License-Identifier: Apache-2.0
/** A DCAP quote of version 3, 4 or 5: layout. Intel SGX ECDSA quote library A.4; Intel TDX DCAP quoting library A.3. */

import { equalBytes, fromHex } from "@strongroom/core";
import { ByteReader, malformed } from "../byte-reader.ts";
import { u16le, u32le } from "../little-endian.ts";
import { type EnclaveReport, enclaveReportBytes, parseEnclaveReport } from "./enclave-report.ts";
import * as limits from "./limits.ts";
import { parseQuoteSignature, type QuoteSignature } from "./quote-signature.ts";
import {
  parseTdReport10,
  parseTdReport15,
  parseTdReport15Ex,
  type TdReport,
  tdReport10Bytes,
  tdReport15Bytes,
  tdReport15ExBytes,
} from "./td-report.ts";

/** What was quoted. */
export type QuoteBody =
  | { readonly kind: "sgx"; readonly report: EnclaveReport }
  | { readonly kind: "tdx"; readonly report: TdReport };

/** A quote whose form was checked; nothing says yet who made it. */
export interface Quote {
  readonly version: 3 | 4 | 5;
  readonly body: QuoteBody;
  /** The id of the platform's quoting enclave, 16 bytes; not verified by anything. */
  readonly qeId: Uint8Array;
  /** Everything that the attestation key signed: header and body. */
  readonly signed: Uint8Array;
  readonly signature: QuoteSignature;
  /** Bytes behind the quote: drivers return buffers of a fixed size. Never parsed. */
  readonly trailing: number;
}

/** Intel's quoting enclave; no other vendor's quotes follow these rules. */
const intelQe = fromHex("939a7233f79c4ca9940a0db3957f0607");

/** ECDSA on P-256; the only kind of attestation key in use. */
const ecdsaP256 = 2;

const teeType = { sgx: 0x00, tdx: 0x81 } as const;

/**
 * Parses a quote.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none, of another version, another kind of key or another
 * vendor's, or if its lengths contradict each other.
 */
export function parseQuote(bytes: Uint8Array): Quote {
  if (bytes.length > limits.quoteBytes) {
    throw malformed("quote is too long");
  }
  const reader = new ByteReader(bytes);
  const { version, kind, qeId } = parseHeader(reader);
  const body = version === 5 ? parseTypedBody(reader, kind) : parseBody(reader, kind);
  const signed = reader.consumed();
  const signature = parseQuoteSignature(reader.nested(u32le(reader)), version);
  return { version, body, qeId, signed, signature, trailing: reader.remaining };
}

interface Header extends Pick<Quote, "version" | "qeId"> {
  readonly kind: QuoteBody["kind"];
}

function parseHeader(reader: ByteReader): Header {
  const version = u16le(reader);
  if (version !== 3 && version !== 4 && version !== 5) {
    throw malformed(`quote of version ${version}`);
  }
  if (u16le(reader) !== ecdsaP256) {
    throw malformed("the quote's attestation key is of another kind than ECDSA on P-256");
  }
  const kind = toKind(u32le(reader), version);
  // The versions of QE and PCE that follow are not read: what counts is in the QE's report and the PCK certificate.
  reader.skip(4);
  if (!equalBytes(reader.bytes(16), intelQe)) {
    throw malformed("the quote is not of Intel's quoting enclave");
  }
  const qeId = reader.bytes(16);
  reader.skip(4);
  return { version, kind, qeId };
}

function toKind(type: number, version: number): QuoteBody["kind"] {
  if (type === teeType.sgx) {
    return "sgx";
  }
  // Version 3 has reserved bytes here: it knows no other TEE.
  if (type === teeType.tdx && version !== 3) {
    return "tdx";
  }
  throw malformed(`quote of TEE type ${type}`);
}

function parseBody(reader: ByteReader, kind: QuoteBody["kind"]): QuoteBody {
  return kind === "sgx"
    ? { kind, report: parseEnclaveReport(reader) }
    : { kind, report: parseTdReport10(reader) };
}

/** Version 5 says which body follows and how long it is; each must agree with the other and with the header. */
function parseTypedBody(reader: ByteReader, kind: QuoteBody["kind"]): QuoteBody {
  const type = u16le(reader);
  const size = u32le(reader);
  if (type === 1 && size === enclaveReportBytes && kind === "sgx") {
    return { kind, report: parseEnclaveReport(reader) };
  }
  if (type === 2 && size === tdReport10Bytes && kind === "tdx") {
    return { kind, report: parseTdReport10(reader) };
  }
  if (type === 3 && size === tdReport15Bytes && kind === "tdx") {
    return { kind, report: parseTdReport15(reader) };
  }
  if (type === 4 && size === tdReport15ExBytes && kind === "tdx") {
    return { kind, report: parseTdReport15Ex(reader) };
  }
  throw malformed(`quote body of type ${type} and ${size} bytes`);
}
