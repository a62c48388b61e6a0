// SPDX-License-Identifier: Apache-2.0
/** What test vendors minted, in the form that other people's verifiers take it. */

import type { AmdVendor } from "./amd-vendor.ts";
import type { IntelEvidence } from "./intel-evidence.ts";
import { intelRootCrlUrl } from "./intel-pki.ts";
import { intelPlatform } from "./intel-platform.ts";

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");
const seconds = (at: Date) => Math.floor(at.getTime() / 1000);

/** A vendor's chain for the oracle's kinds `snp` and `snp-signature`. */
export function snpOracleTrust(vendor: AmdVendor, leaf: Uint8Array, at: Date): object {
  return {
    product: vendor.product,
    vcek: base64(leaf),
    ask: base64(vendor.ask),
    ark: base64(vendor.ark),
    now: seconds(at),
  };
}

const service = "https://api.trustedservices.intel.com";

/** A vendor's root and what Intel's service would answer, for the oracle's kind `tdx`. */
export function tdxOracleTrust({ endorsements, pki }: IntelEvidence, at: Date): object {
  const bundle: Readonly<Record<string, string>> = JSON.parse(Buffer.from(endorsements).toString());
  const text = (name: string) => bundle[name] ?? "";
  const answer = (chain: string, header: string, body: Uint8Array | string) => ({
    header: { [header]: [encodeURIComponent(text(chain))] },
    body: base64(body),
  });
  const statement = (name: string, value: string) =>
    `{"${name}":${text(value)},"signature":"${text(`${value}_signature`)}"}`;
  const crl = (name: string) => Buffer.from(text(name), "hex");
  return {
    root: base64(pki.root.der),
    now: seconds(at),
    responses: {
      [`${service}/tdx/certification/v4/tcb?fmspc=${intelPlatform.fmspc}`]: answer(
        "tcb_info_issuer_chain",
        "Tcb-Info-Issuer-Chain",
        statement("tcbInfo", "tcb_info"),
      ),
      [`${service}/tdx/certification/v4/qe/identity`]: answer(
        "qe_identity_issuer_chain",
        "Sgx-Enclave-Identity-Issuer-Chain",
        statement("enclaveIdentity", "qe_identity"),
      ),
      [`${service}/sgx/certification/v4/pckcrl?ca=platform&encoding=der`]: answer(
        "pck_crl_issuer_chain",
        "Sgx-Pck-Crl-Issuer-Chain",
        crl("pck_crl"),
      ),
      [intelRootCrlUrl]: { header: {}, body: base64(crl("root_ca_crl")) },
    },
  };
}
