// SPDX-License-Identifier: Apache-2.0
/** The value of the secret behind a certificate: PFX in base64 without a password, or PEM. */

import { concatBytes, fromUtf8, SecretBytes, StrongroomError, utf8 } from "@strongroom/core";
import { readPfx } from "../x509/read-pfx.ts";
import { type PfxParts, writePfx } from "../x509/write-pfx.ts";
import { type CertificatePolicy, pemContentType } from "./certificate-policy.ts";

/** The value of a content type; the caller keeps the key and wipes it. */
export async function secretContent(
  parts: PfxParts,
  contentType: CertificatePolicy["secret_props"]["contentType"],
): Promise<SecretBytes> {
  if (contentType === pemContentType) {
    return new SecretBytes(pemOf(parts));
  }
  const pfx = await writePfx(parts);
  try {
    return new SecretBytes(toBase64(pfx));
  } finally {
    pfx.fill(0);
  }
}

/** PEM of a value that is a PFX file of ours. @throws {StrongroomError} `BadParameter` if it is none. */
export async function pfxToPem(value: Uint8Array): Promise<SecretBytes> {
  const { keys, certificates } = await readPfx(
    new Uint8Array(Buffer.from(fromUtf8(value), "base64")),
    "",
  );
  const [key] = keys;
  if (keys.length > 1 || certificates.length === 0) {
    throw new StrongroomError("BadParameter", "the secret is not a certificate's");
  }
  const pem = new SecretBytes(pemOf({ key, certificates }));
  key?.fill(0);
  return pem;
}

/** The key first, as OpenSSL writes it and Key Vault does. RFC 7468. */
function pemOf({ key, certificates }: PfxParts): Uint8Array {
  const blocks = [
    ...(key === undefined ? [] : [pemBlock("PRIVATE KEY", key)]),
    ...certificates.map((certificate) => pemBlock("CERTIFICATE", certificate)),
  ];
  const whole = concatBytes(...blocks);
  blocks[0]?.fill(0);
  return whole;
}

const lineLength = 64;

// By bytes: a key in base64 is a secret, and strings cannot be wiped.
function pemBlock(label: string, der: Uint8Array): Uint8Array {
  const text = toBase64(der);
  const lines: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += lineLength) {
    lines.push(text.subarray(at, at + lineLength), utf8("\n"));
  }
  const block = concatBytes(
    utf8(`-----BEGIN ${label}-----\n`),
    ...lines,
    utf8(`-----END ${label}-----\n`),
  );
  text.fill(0);
  return block;
}

const alphabet = utf8("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const padding = 0x3d;

/** Base64 with padding, as bytes. RFC 4648 section 4. */
function toBase64(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(padding);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const count = Math.min(3, bytes.length - from);
    const group =
      ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    for (let i = 0; i <= count; i += 1) {
      text[to + i] = alphabet[(group >> (18 - 6 * i)) & 63] ?? padding;
    }
  }
  return text;
}
