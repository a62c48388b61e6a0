// SPDX-License-Identifier: Apache-2.0
/** Requests to AMD's Key Distribution Service. VCEK Certificate and KDS Interface Specification, 57230, section 4. */

import { type AmdProduct, parseTcb } from "@strongroom/attestation";
import { fromHex } from "@strongroom/core";
import type { EndorsementName } from "../endorsement.ts";
import type { EndorsementRequest } from "../endorsement-request.ts";
import type { HttpsSource } from "../endorsement-sources.ts";
import { kdsPace } from "../limits.ts";

const vcek =
  /^amd\/vcek\/(?<product>Milan|Genoa|Turin)\/(?<hwId>(?:[0-9a-f]{2}){8}|(?:[0-9a-f]{2}){64})\/(?<tcb>[0-9a-f]{16})$/;
const list = /^amd\/(?<kind>chain|crl)\/(?<product>Milan|Genoa|Turin)\/(?<signer>vcek|vlek)$/;

/** The name of a chip's certificate. @param tcb REPORTED_TCB, eight bytes in hexadecimal. */
export function vcekName(product: AmdProduct, hwId: string, tcb: string): EndorsementName {
  return `amd/vcek/${product}/${hwId}/${tcb}`;
}

/** The request for an endorsement of this name; undefined where the name is not of AMD's. */
export function kdsRequest(
  name: EndorsementName,
  { url, ca }: HttpsSource,
): EndorsementRequest | undefined {
  const path = vcekPath(name) ?? listPath(name);
  return path === undefined ? undefined : { url: `${url}${path}`, ca, pace: kdsPace };
}

function listPath(name: EndorsementName): string | undefined {
  const { kind, product, signer } = list.exec(name)?.groups ?? {};
  if (kind === undefined) {
    return undefined;
  }
  return `/${signer}/v1/${product}/${kind === "chain" ? "cert_chain" : "crl"}`;
}

function vcekPath(name: EndorsementName): string | undefined {
  const groups = vcek.exec(name)?.groups;
  if (groups === undefined) {
    return undefined;
  }
  const { product = "", hwId = "", tcb = "" } = groups;
  const parts = parseTcb(fromHex(tcb), product as AmdProduct);
  const query = new URLSearchParams({
    ...(product === "Turin" ? { fmcSPL: twoDigits(parts.fmc) } : {}),
    blSPL: twoDigits(parts.bootLoader),
    teeSPL: twoDigits(parts.tee),
    snpSPL: twoDigits(parts.snp),
    ucodeSPL: twoDigits(parts.microcode),
  });
  return `/vcek/v1/${product}/${hwId}?${query}`;
}

/** At least two digits, as AMD's own examples have them. */
function twoDigits(version: number): string {
  return String(version).padStart(2, "0");
}
