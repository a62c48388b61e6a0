// SPDX-License-Identifier: Apache-2.0
/** Certificates for tests, made by the openssl program when a test runs; none is ever stored in the tree. */

import { execFile } from "node:child_process";
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a test certificate says. */
export interface MintRequest {
  /** Subject in openssl's form, for example `/O=system:masters/CN=test`. */
  readonly subject: string;
  /** Who signs; absent: itself. */
  readonly issuer?: MintedCertificate;
  readonly ca?: boolean;
  /** Lifetime in days from now; default 1. */
  readonly days?: number;
  /** Bits of an RSA key; absent: a P-256 key. */
  readonly rsaBits?: number;
  /** Names in openssl's form, for example `DNS:localhost,IP:127.0.0.1`. */
  readonly names?: string;
}

/** A certificate with its key. */
export interface MintedCertificate {
  readonly certificate: X509Certificate;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly key: KeyObject;
}

/** Makes a key and a certificate for it. */
export async function mintCertificate(request: MintRequest): Promise<MintedCertificate> {
  const directory = await mkdtemp(join(tmpdir(), "strongroom-mint-"));
  try {
    const keyFile = join(directory, "key.pem");
    const certificateFile = join(directory, "certificate.pem");
    const subject = ["-subj", request.subject, "-days", String(request.days ?? 1)];
    const files = ["-keyout", keyFile, "-out", certificateFile];
    const algorithm =
      request.rsaBits === undefined
        ? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        : [`rsa:${request.rsaBits}`];
    const newKey = ["-newkey", ...algorithm, "-noenc"];
    const issuer = await issuerArguments(request.issuer, directory);
    await run("openssl", [
      ...["req", "-x509", "-config", "/dev/null"],
      ...[...newKey, ...files, ...subject, ...issuer, ...extensionArguments(request)],
    ]);
    const [keyPem, certificatePem] = await Promise.all([
      readFile(keyFile, "utf8"),
      readFile(certificateFile, "utf8"),
    ]);
    const certificate = new X509Certificate(certificatePem);
    return { certificate, certificatePem, keyPem, key: createPrivateKey(keyPem) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function issuerArguments(
  issuer: MintedCertificate | undefined,
  directory: string,
): Promise<readonly string[]> {
  if (issuer === undefined) {
    return [];
  }
  const certificateFile = join(directory, "issuer.pem");
  const keyFile = join(directory, "issuer-key.pem");
  await writeFile(certificateFile, issuer.certificatePem);
  await writeFile(keyFile, issuer.keyPem, { mode: 0o600 });
  return ["-CA", certificateFile, "-CAkey", keyFile];
}

function extensionArguments({ ca, names }: MintRequest): readonly string[] {
  const basic = ["-addext", `basicConstraints=critical,CA:${ca === true ? "TRUE" : "FALSE"}`];
  const usage = ca === true ? "keyCertSign,cRLSign" : "digitalSignature";
  const keyUsage = ["-addext", `keyUsage=critical,${usage}`];
  return names === undefined
    ? [...basic, ...keyUsage]
    : [...basic, ...keyUsage, "-addext", `subjectAltName=${names}`];
}
