// SPDX-License-Identifier: Apache-2.0
/** Tells AMD's endorsements apart by content: PEM, DER, a host's certificate table, Azure's THIM answer; or one of these in hexadecimal or base64. */

import { isAscii } from "node:buffer";
import { fromUtf8, parseJson } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { decodeText } from "../text-encodings.ts";
import { parseCertificateTable } from "./certificate-table.ts";

/** What vendors signed: certificates and revocation lists, DER, in no particular order. */
export interface AmdEndorsements {
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

const limits = { bytes: 262_144, items: 64 } as const;

const sequence = 0x30;

/** TBSCertificate begins with its version, `[0]`; TBSCertList does not. */
const version = 0xa0;

const block =
  /-----BEGIN (CERTIFICATE|X509 CRL)-----([A-Za-z0-9+/=\s]*)-----END (?:CERTIFICATE|X509 CRL)-----/gu;

/**
 * Reads one file or answer.
 *
 * What a table holds under AMD's names but is no certificate is left out: hosts are known to write such, and none of
 * it is trusted anyway.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none of the forms.
 */
export function readAmdEndorsements(bytes: Uint8Array): AmdEndorsements {
  if (bytes.length > limits.bytes) {
    throw malformed("endorsements are too long");
  }
  const text = asText(bytes);
  const ders = text === undefined ? readBinary(bytes) : readText(text);
  if (ders.length > limits.items) {
    throw malformed("too many endorsements");
  }
  return {
    certificates: ders.filter((der) => derKind(der) === "certificate"),
    crls: ders.filter((der) => derKind(der) === "crl"),
  };
}

function readBinary(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes[0] === sequence && derKind(bytes) !== undefined) {
    return [bytes.slice()];
  }
  const known = parseCertificateTable(bytes).filter(({ kind }) => kind !== "unknown");
  return known.flatMap(({ content }) => {
    const text = asText(content);
    const ders = text === undefined ? [content] : readPem(text);
    return ders.filter((der) => derKind(der) !== undefined);
  });
}

function readText(text: string): readonly Uint8Array[] {
  const pem = text.trimStart().startsWith("{") ? toPem(text) : text;
  const blocks = readPem(pem);
  if (blocks.length > 0) {
    return blocks;
  }
  const decoded = decodeText(text);
  if (decoded === undefined) {
    throw malformed("no endorsement of a known form");
  }
  const inner = asText(decoded);
  return inner === undefined
    ? readBinary(decoded)
    : readPem(inner.startsWith("{") ? toPem(inner) : inner);
}

/** Azure's answer holds PEM in `vcekCert` and `certificateChain`. */
function toPem(json: string): string {
  try {
    const { vcekCert = "", certificateChain = "" } = parseJson(json) as Readonly<
      Record<string, unknown>
    >;
    return `${vcekCert}\n${certificateChain}`;
  } catch (cause) {
    throw malformed("endorsements are no JSON", cause);
  }
}

function readPem(text: string): readonly Uint8Array[] {
  return [...text.matchAll(block)].map(
    ([, , body = ""]) => new Uint8Array(Buffer.from(body, "base64")),
  );
}

/** What no text has: control characters but tabulators and ends of lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/u;

/** Text without the zeros that end or pad it in tables of hosts. */
function asText(bytes: Uint8Array): string | undefined {
  if (!isAscii(bytes)) {
    return undefined;
  }
  const text = fromUtf8(bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1));
  return text === "" || control.test(text) ? undefined : text;
}

/** Skips two sequences' headers and looks at what the inner one begins with. */
function derKind(der: Uint8Array): "certificate" | "crl" | undefined {
  const inner = headerBytes(der, 0);
  const first = inner === undefined ? undefined : headerBytes(der, inner);
  if (first === undefined) {
    return undefined;
  }
  return der[first] === version ? "certificate" : "crl";
}

function headerBytes(der: Uint8Array, start: number): number | undefined {
  const length = der[start + 1];
  if (der[start] !== sequence || length === undefined) {
    return undefined;
  }
  return start + 2 + (length < 0x80 ? 0 : length & 0x7f);
}
