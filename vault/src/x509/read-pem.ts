// SPDX-License-Identifier: Apache-2.0
/** PEM bundles: certificates and a private key in any of the forms that are met. RFC 7468, RFC 5958, RFC 8017, RFC 5915. */

import { createPrivateKey } from "node:crypto";
import { StrongroomError } from "@strongroom/core";
import { childOf, octetsOf, readBer } from "./ber.ts";
import { decryptWithPassword, pkcs12Password } from "./password-decryption.ts";

/** What a bundle holds. */
export interface PemContent {
  /** PKCS#8, DER; the caller wipes them. */
  readonly keys: readonly Uint8Array[];
  /** DER, in the bundle's order. */
  readonly certificates: readonly Uint8Array[];
}

interface Block {
  readonly label: string;
  /** With its headers. */
  readonly text: string;
  readonly der: Uint8Array;
}

const blockPattern =
  /-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n((?:[\w-]+: [^\r\n]*\r?\n)*)\s*([A-Za-z0-9+/=\s]*?)-----END \1-----/g;

/** Reads a bundle. @throws {StrongroomError} `BadParameter` if a part is malformed or the password is wrong. */
export async function readPem(text: string, password: string): Promise<PemContent> {
  const keys: Uint8Array[] = [];
  const certificates: Uint8Array[] = [];
  for (const block of blocksOf(text)) {
    switch (block.label) {
      case "CERTIFICATE":
      case "X509 CERTIFICATE":
        certificates.push(block.der);
        break;
      case "ENCRYPTED PRIVATE KEY":
        keys.push(await openEncrypted(block.der, password));
        break;
      case "PRIVATE KEY":
      case "RSA PRIVATE KEY":
      case "EC PRIVATE KEY":
        keys.push(toPkcs8(block.text, password));
        break;
      default:
      // Parameters of a curve, requests, public keys: nothing that is not known otherwise.
    }
  }
  return { keys, certificates };
}

function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(blockPattern)].map(([whole, label = "", _headers, body = ""]) => ({
    label,
    text: whole,
    der: new Uint8Array(Buffer.from(body, "base64")),
  }));
}

// Not by OpenSSL: it would hash the password as often as the file asks, and nothing else would run meanwhile.
async function openEncrypted(der: Uint8Array, password: string): Promise<Uint8Array> {
  const info = readBer(der);
  const known = { text: password, legacy: pkcs12Password(password) };
  return await decryptWithPassword(childOf(info, 0), known, octetsOf(childOf(info, 1)));
}

function toPkcs8(pem: string, passphrase: string): Uint8Array {
  try {
    const key = createPrivateKey({ key: pem, format: "pem", passphrase });
    return new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
  } catch (cause) {
    throw new StrongroomError("BadParameter", "not a private key, or the password is not right", {
      cause,
    });
  }
}

/** A certificate as PEM. RFC 7468 section 5. */
export function toPem(certificate: Uint8Array): string {
  const lines =
    Buffer.from(certificate)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
