// SPDX-License-Identifier: Apache-2.0
/** What AMD's, Intel's and Azure's endorsement services answer, in their own forms, with what the test vendors mint. */

import type { IncomingMessage } from "node:http";
import type { AmdVendor } from "./amd-vendor.ts";
import { pemOf } from "./der.ts";
import { type IntelEndorsementChanges, mintIntelEndorsements } from "./intel-endorsements.ts";
import type { IntelPki } from "./intel-pki.ts";

/** One answer. */
export interface VendorAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Closes the connection in place of an answer. */
  readonly drop?: boolean;
}

/** What the services know. */
export interface VendorContent {
  readonly amd?: AmdVendor;
  /** CRL of AMD's, minted anew for each request. */
  readonly amdCrl?: () => Uint8Array;
  /** A bundle of Intel's, as the test vendor mints it, for the TEE of that path. */
  readonly intel?: () => { readonly sgx: IntelBundle; readonly tdx: IntelBundle };
  /** PCK certificate, DER. */
  readonly pck?: Uint8Array;
  /** Has a TDREPORT of an Azure machine quoted. */
  readonly tdQuote?: (report: Uint8Array) => Uint8Array;
}

/** Collateral by the names that DCAP libraries have for it. */
export type IntelBundle = Readonly<Record<string, string>>;

/** What a test Intel's service has; `changes` are asked for at each request. */
export function intelContent(pki: IntelPki, changes: () => IntelEndorsementChanges = () => ({})) {
  return () => ({
    sgx: mintIntelEndorsements("sgx3", pki, changes()),
    tdx: mintIntelEndorsements("td15-5", pki, changes()),
  });
}

const notFound: VendorAnswer = { status: 404, body: "not found" };

/** The answer of AMD's or Intel's service. */
export function answerVendor(content: VendorContent, url: string): VendorAnswer {
  const { pathname, searchParams } = new URL(url, "https://vendor");
  const [, first] = pathname.split("/");
  return first === "vcek" || first === "vlek"
    ? answerKds(content, pathname, searchParams)
    : answerPcs(content, pathname, searchParams);
}

function answerKds(
  { amd, amdCrl }: VendorContent,
  path: string,
  query: URLSearchParams,
): VendorAnswer {
  const [, signer, , product, what] = path.split("/");
  if (amd === undefined || product !== amd.product) {
    return notFound;
  }
  if (what === "cert_chain") {
    const chain = [signer === "vlek" ? amd.asvk : amd.ask, amd.ark].map(toPem).join("");
    return { headers: { "content-type": "application/x-pem-file" }, body: chain };
  }
  const der = { "content-type": "application/octet-stream" };
  if (what === "crl") {
    return { headers: der, body: amdCrl?.() ?? amd.crl() };
  }
  const { id, tcb } = amd.chip;
  const isTurin = product === "Turin";
  const at = isTurin
    ? { fmcSPL: 0, blSPL: 1, teeSPL: 2, snpSPL: 3, ucodeSPL: 7 }
    : { blSPL: 0, teeSPL: 1, snpSPL: 6, ucodeSPL: 7 };
  const isOurs = Object.entries(at).every(
    ([name, index]) => Number(query.get(name)) === tcb[index],
  );
  const isWhole = [...query.keys()].length === Object.keys(at).length;
  return isOurs && isWhole && what === Buffer.from(id).toString("hex")
    ? { headers: der, body: amd.leaf() }
    : notFound;
}

function answerPcs(
  { intel, pck }: VendorContent,
  path: string,
  query: URLSearchParams,
): VendorAnswer {
  const [, tee, , , ...rest] = path.split("/");
  const bundle = (tee === "tdx" || tee === "sgx") && intel !== undefined ? intel()[tee] : undefined;
  if (bundle === undefined) {
    return notFound;
  }
  const get = (name: string) => bundle[name] ?? "";
  switch (rest.join("/")) {
    case "tcb":
      return {
        headers: { "TCB-Info-Issuer-Chain": encode(get("tcb_info_issuer_chain")) },
        body: `{"tcbInfo":${get("tcb_info")},"signature":"${get("tcb_info_signature")}"}`,
      };
    case "qe/identity":
      return {
        headers: { "SGX-Enclave-Identity-Issuer-Chain": encode(get("qe_identity_issuer_chain")) },
        body: `{"enclaveIdentity":${get("qe_identity")},"signature":"${get("qe_identity_signature")}"}`,
      };
    case "pckcrl":
      return query.get("ca") === "platform"
        ? {
            headers: { "SGX-PCK-CRL-Issuer-Chain": encode(get("pck_crl_issuer_chain")) },
            body: Buffer.from(get("pck_crl"), "hex"),
          }
        : notFound;
    case "rootcacrl":
      return { body: get("root_ca_crl") };
    case "pckcert":
      return pck === undefined || query.get("encrypted_ppid") === null
        ? notFound
        : {
            headers: { "SGX-PCK-Certificate-Issuer-Chain": encode(get("pck_crl_issuer_chain")) },
            body: toPem(pck),
          };
    default:
      return notFound;
  }
}

/** The answer of Azure's metadata service: a chip's certificates, and quotes of TDREPORTs. */
export function answerMetadata(
  content: VendorContent,
  { url, headers }: IncomingMessage,
  body: string,
): VendorAnswer {
  if (url === "/acc/tdquote") {
    return answerTdQuote(content, body);
  }
  const { amd } = content;
  if (headers["metadata"] !== "true") {
    return { status: 400, body: "Required metadata header not specified" };
  }
  if (url !== "/metadata/THIM/amd/certification" || amd === undefined) {
    return notFound;
  }
  const tcbm = Buffer.from(amd.chip.tcb).reverse().toString("hex").toUpperCase();
  const certificateChain = [amd.ask, amd.ark].map(toPem).join("");
  const answer = { vcekCert: toPem(amd.leaf()), tcbm, certificateChain, cacheControl: "86400" };
  return { headers: json, body: JSON.stringify(answer) };
}

function answerTdQuote({ tdQuote }: VendorContent, body: string): VendorAnswer {
  const report = new Uint8Array(Buffer.from(JSON.parse(body).report, "base64url"));
  const quote = tdQuote?.(report);
  return quote === undefined
    ? notFound
    : {
        headers: json,
        body: JSON.stringify({ quote: Buffer.from(quote).toString("base64url") }),
      };
}

const json = { "content-type": "application/json" } as const;

/** Issuers stand in headers, percent-encoded. */
function encode(pem: string): string {
  return encodeURIComponent(pem);
}

function toPem(der: Uint8Array): string {
  return pemOf("CERTIFICATE", der);
}
