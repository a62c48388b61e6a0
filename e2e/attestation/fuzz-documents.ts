// SPDX-License-Identifier: Apache-2.0
/** Parsers of documents with well-formed input to start from: CBOR and COSE, Azure's and NVIDIA's. */

import {
  createAmdVendor,
  createAzureMachine,
  createCcaVendor,
  createNitroVendor,
  createNvidiaVendor,
  pemOf,
} from "@strongroom/testing";
import { parseHclReport } from "../../packages/attestation/src/azure/parse-hcl-report.ts";
import { parseHclRuntimeData } from "../../packages/attestation/src/azure/parse-runtime-data.ts";
import { readAzureEvidence } from "../../packages/attestation/src/azure/read-azure-evidence.ts";
import { parseCcaToken } from "../../packages/attestation/src/cca/parse-cca-token.ts";
import { parseCcaPlatform } from "../../packages/attestation/src/cca/platform-claims.ts";
import { parseCcaRealm } from "../../packages/attestation/src/cca/realm-claims.ts";
import {
  parseNitroDocument,
  parseNitroEvidence,
} from "../../packages/attestation/src/nitro/parse-nitro-document.ts";
import { parseSpdmReport } from "../../packages/attestation/src/nvidia/parse-spdm-report.ts";
import { readDeviceEvidence } from "../../packages/attestation/src/nvidia/read-device-evidence.ts";
import { readCbor, readFirstCbor } from "../../packages/attestation/src/read-cbor.ts";
import { bytesOf, type FuzzTarget, json, target } from "./fuzz-target.ts";

/** All of them. */
export function documentTargets(): readonly FuzzTarget[] {
  const document = createNitroVendor().document();
  const payload = document.slice(document.indexOf(0xa9));
  const end = payload.length - 98;
  return [
    target("CBOR", readCbor, 40, document, payload.slice(0, end)),
    target("first CBOR value", readFirstCbor, 40, document, payload),
    target("Nitro document", parseNitroDocument, 30, payload.slice(0, end)),
    target("signed Nitro document", parseNitroEvidence, 20, document),
    ...cca(),
    ...nvidia(),
    ...azure(),
  ];
}

function cca(): readonly FuzzTarget[] {
  const vendor = createCcaVendor();
  const instance = Uint8Array.of(1, ...new Uint8Array(32));
  const latest = vendor.token({
    ...{ form: "wrapped", bindingClaim: 2408, parts: [["__cmwc_t", "tag:arm.com,2026:cca"]] },
    platform: { 265: "tag:arm.com,2026:cca_platform#2.0.0", 2394: 1 },
    realm: { 265: "tag:arm.com,2026:realm#2.0.0", 256: instance, 44243: 1, 44244: 0 },
  });
  const tokens = [vendor.token(), latest] as const;
  const [first, last] = [parseCcaToken(tokens[0]), parseCcaToken(latest)];
  const platforms = [first.platform.cose.payload, last.platform.cose.payload] as const;
  const realms = [first.realm.cose.payload, last.realm.cose.payload] as const;
  return [
    target("CCA token", parseCcaToken, 20, ...tokens),
    target("CCA platform", parseCcaPlatform, 20, ...platforms),
    target("CCA realm", parseCcaRealm, 20, ...realms),
  ];
}

function nvidia(): readonly FuzzTarget[] {
  const request = { opaque: [[20, new Uint8Array(48)]] as const };
  const { report, certificates } = createNvidiaVendor().device(request);
  const chain = certificates.map((der) => pemOf("CERTIFICATE", der)).join("");
  const base64 = (value: Uint8Array | string) => Buffer.from(value).toString("base64");
  const one = { evidence: base64(report), certificate: base64(chain) };
  const newer = createNvidiaVendor().device({ ...request, isVersioned: true }).report;
  const records = {
    evidence: ["application/vnd.nvidia.spdm-measurement-transcript", base64(newer)],
    certificate: ["application/vnd.nvidia.pem-cert-chain", base64(chain)],
  };
  const wrapper = json({ __cmwc_t: "tag:nvidia.com", gpu: records });
  const read = (bytes: Uint8Array) => readDeviceEvidence(bytes, [bytesOf(chain)]);
  return [
    target("SPDM report", parseSpdmReport, 60, report, newer),
    target(
      "device evidence",
      read,
      10,
      json([one]),
      wrapper,
      json({ evidence_list: [one] }),
      report,
    ),
  ];
}

function azure(): readonly FuzzTarget[] {
  const { hclReport, quote } = createAzureMachine(createAmdVendor("Milan"));
  const { quote: message, signature, pcrs } = quote(new Uint8Array(32));
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const values = Object.values(pcrs);
  const report = Buffer.from(hclReport).toString("base64url");
  const signed = { message: hex(message), signature: hex(signature), pcrs: values };
  const listed = { message: [...message], signature: [...signature], pcrs: [[3]] };
  const { runtimeData } = parseHclReport(hclReport);
  return [
    target("HCL report", parseHclReport, 60, hclReport),
    target("runtime data", parseHclRuntimeData, 5, runtimeData),
    target(
      "Azure evidence",
      readAzureEvidence,
      20,
      json({ quote: signed, report }),
      json({
        evidence: {
          tpm_quote: listed,
          hcl_report: [4],
          vcek: pemOf("CERTIFICATE", message),
          td_quote: "AA",
        },
      }),
    ),
  ];
}
