// SPDX-License-Identifier: Apache-2.0
/** Which platform a quote says it is of: what endorsements are asked for by, before anything is verified. */

import { malformed } from "../byte-reader.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { hasName } from "./intel-path.ts";
import type { Quote } from "./parse-quote.ts";
import { readPckPlatform } from "./pck-certificate.ts";

/** What Intel's services file a platform's endorsements under. */
export interface QuotedPlatform {
  /** 12 hexadecimal digits. */
  readonly fmspc: string;
  /** Which of Intel's two CAs certified the platform. */
  readonly ca: "platform" | "processor";
}

/** The PCK certificate that a quote carries, DER, or undefined where it has to be found elsewhere. */
export function carriedPck(quote: Quote): Uint8Array | undefined {
  const { certification } = quote.signature;
  return certification.kind === "chain" ? certification.certificates[0] : undefined;
}

/**
 * The platform of a PCK certificate.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none, or of a CA that is not Intel's for PCKs.
 */
export function platformOfPck(der: Uint8Array): QuotedPlatform {
  const certificate = parseCertificate(der);
  return { fmspc: readPckPlatform(certificate).fmspc, ca: caOf(certificate) };
}

function caOf({ issuer }: Certificate): QuotedPlatform["ca"] {
  if (hasName(issuer, "Intel SGX PCK Platform CA")) {
    return "platform";
  }
  if (hasName(issuer, "Intel SGX PCK Processor CA")) {
    return "processor";
  }
  throw malformed("the pck certificate is of another ca");
}
