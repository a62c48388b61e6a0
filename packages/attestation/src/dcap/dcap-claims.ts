// SPDX-License-Identifier: Apache-2.0
/** Claims of a verified quote, named and formed as Microsoft Azure Attestation names them; ours begin with `x-strongroom-`. */

import { sha256, toHex } from "@strongroom/core";
import { isDebuggable } from "./check-dcap-policy.ts";
import type { DcapClaims } from "./dcap-verdict.ts";
import type { EnclaveReport } from "./enclave-report.ts";
import { type TdReport, type TdReport15Ex, tdAttribute } from "./td-report.ts";

/** Claims as JSON carries them. */
export type JsonClaims = Readonly<Record<string, unknown>>;

/** The claims of a verified quote. */
export function toDcapClaims(verified: DcapClaims): JsonClaims {
  const { body } = verified.quote;
  const own =
    body.kind === "sgx" ? sgxClaims(verified, body.report) : tdClaims(verified, body.report);
  return { ...own, ...platformClaims(verified) };
}

function platformClaims({ root, tcb, platform, tcbEvaluationDataNumber }: DcapClaims): JsonClaims {
  return {
    "x-strongroom-tier": "tee",
    "x-strongroom-class": root.class,
    "x-strongroom-root": root.fingerprint,
    "x-strongroom-tcb-status": tcb.status,
    ...(tcb.date === undefined ? {} : { "x-strongroom-tcb-date": tcb.date }),
    "x-strongroom-tcb-advisories": tcb.advisories,
    "x-strongroom-tcb-evaluation-data-number": tcbEvaluationDataNumber,
    "x-strongroom-fmspc": platform.fmspc,
    "x-strongroom-ppid": platform.ppid,
    "x-strongroom-pce-svn": platform.tcb.pceSvn,
    ...(platform.platformInstanceId === undefined
      ? {}
      : { "x-strongroom-platform-instance": platform.platformInstanceId }),
    ...(platform.smtEnabled === undefined
      ? {}
      : { "x-strongroom-smt-enabled": platform.smtEnabled }),
  };
}

function tdClaims({ quote, tcb }: DcapClaims, td: TdReport): JsonClaims {
  const has = (bit: bigint) => (td.attributeBits & bit) !== 0n;
  const [rtmr0, rtmr1, rtmr2, rtmr3] = td.rtmrs.map(toHex);
  return {
    "x-ms-attestation-type": "tdxvm",
    eat_profile: "https://aka.ms/maa-eat-profile-tdxvm",
    dbgstat: isDebuggable(quote) ? "enabled" : "disabled",
    // EAT's word for evidence that is for no one purpose, RFC 9711 section 4.3.3; Azure's tokens have it.
    intuse: "generic",
    attester_tcb_status: tcb.status,
    ...(tcb.date === undefined ? {} : { attester_tcb_date: tcb.date }),
    attester_advisory_ids: tcb.advisories,
    tdx_mrtd: toHex(td.mrTd),
    ...{ tdx_rtmr0: rtmr0, tdx_rtmr1: rtmr1, tdx_rtmr2: rtmr2, tdx_rtmr3: rtmr3 },
    tdx_mrseam: toHex(td.mrSeam),
    tdx_mrsignerseam: toHex(td.mrSignerSeam),
    tdx_mrconfigid: toHex(td.mrConfigId),
    tdx_mrowner: toHex(td.mrOwner),
    tdx_mrownerconfig: toHex(td.mrOwnerConfig),
    tdx_report_data: toHex(td.reportData),
    tdx_seam_attributes: toHex(td.seamAttributes),
    tdx_seamsvn: td.teeTcbSvn[0],
    tdx_tee_tcb_svn: toHex(td.teeTcbSvn),
    tdx_xfam: toHex(td.xfam),
    tdx_td_attributes: toHex(td.tdAttributes),
    tdx_td_attributes_debug: has(tdAttribute.debug),
    tdx_td_attributes_septve_disable: has(tdAttribute.septVeDisable),
    tdx_td_attributes_protection_keys: has(tdAttribute.protectionKeys),
    tdx_td_attributes_key_locker: has(tdAttribute.keyLocker),
    tdx_td_attributes_perfmon: has(tdAttribute.perfmon),
    "x-strongroom-tdx-migratable": has(tdAttribute.migratable),
    ...(td.since15 === undefined
      ? {}
      : {
          "x-strongroom-tdx-tee-tcb-svn2": toHex(td.since15.teeTcbSvn2),
          "x-strongroom-tdx-mrservicetd": toHex(td.since15.mrServiceTd),
        }),
    ...(td.since15Ex === undefined ? {} : extendedClaims(td.since15Ex)),
  };
}

function extendedClaims(extended: TdReport15Ex): JsonClaims {
  const { vmId, tdId, deviceInfo, initial, currentServiceTd } = extended;
  return {
    "x-strongroom-tdx-vmid": vmId,
    "x-strongroom-tdx-td-id": toHex(tdId),
    "x-strongroom-tdx-devinfo": toHex(deviceInfo),
    "x-strongroom-tdx-init-servicetd": toHex(initial.serviceTd.hash),
    "x-strongroom-tdx-init-servicetd-attributes": toHex(initial.serviceTd.attributes),
    "x-strongroom-tdx-init-cpu-svn": toHex(initial.cpuSvn),
    "x-strongroom-tdx-init-tee-tcb-svn": toHex(initial.teeTcbSvn),
    "x-strongroom-tdx-init-fmspc": toHex(initial.model),
    "x-strongroom-tdx-curr-servicetd": toHex(currentServiceTd.hash),
    "x-strongroom-tdx-curr-servicetd-attributes": toHex(currentServiceTd.attributes),
  };
}

function sgxClaims({ bytes, quote, collateral }: DcapClaims, enclave: EnclaveReport): JsonClaims {
  const { identity, info } = collateral;
  return {
    "x-ms-attestation-type": "sgx",
    "x-ms-sgx-collateral": {
      ...{ qeidhash: identity.statement, tcbinfohash: info.statement },
      ...{ qeidcertshash: identity.certificates, tcbinfocertshash: info.certificates },
      ...{ qeidcrlhash: identity.revocationList, tcbinfocrlhash: info.revocationList },
      quotehash: toHex(sha256(bytes)),
    },
    "x-ms-sgx-is-debuggable": isDebuggable(quote),
    "x-ms-sgx-mrenclave": toHex(enclave.mrEnclave),
    "x-ms-sgx-mrsigner": toHex(enclave.mrSigner),
    "x-ms-sgx-product-id": enclave.isvProdId,
    "x-ms-sgx-svn": enclave.isvSvn,
    "x-ms-sgx-report-data": toHex(enclave.reportData),
    "x-ms-sgx-config-id": toHex(enclave.configId),
    "x-ms-sgx-config-svn": enclave.configSvn,
    "x-ms-sgx-isv-extended-product-id": toHex(enclave.isvExtProdId),
    "x-ms-sgx-isv-family-id": toHex(enclave.isvFamilyId),
    "x-strongroom-sgx-attributes": toHex(enclave.attributes),
  };
}
