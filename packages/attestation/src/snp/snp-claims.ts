// SPDX-License-Identifier: Apache-2.0
/** A verified report in Azure Attestation's names and forms, with Strongroom's own beside them. */

import { toHex } from "@strongroom/core";
import { isAliasCheckComplete, readGuestPolicy } from "./guest-policy.ts";
import { parseTcb } from "./tcb.ts";
import type { SnpFacts } from "./verify-snp-report.ts";

/** Claims by name, as JSON has them. */
export type SnpClaims = Readonly<Record<string, string | number | boolean>>;

/**
 * The claims, in the order of canonical JSON, which an audit log then spells as they are. Digests are lower-case
 * hexadecimal; security versions are those that the key was derived for.
 */
export function toSnpClaims(facts: SnpFacts): SnpClaims {
  return { ...azureClaims(facts), ...ownClaims(facts) };
}

function azureClaims({ report, endorser }: SnpFacts): SnpClaims {
  const policy = readGuestPolicy(report.policy);
  const tcb = parseTcb(report.reportedTcb, endorser.leaf.product);
  return {
    "x-ms-attestation-type": "sevsnpvm",
    "x-ms-sevsnpvm-authorkeydigest": toHex(report.authorKeyDigest),
    "x-ms-sevsnpvm-bootloader-svn": tcb.bootLoader,
    "x-ms-sevsnpvm-ciphertext-hiding-dram-enabled": policy.ciphertextHiding,
    "x-ms-sevsnpvm-cxl-allowed": policy.cxlAllowed,
    "x-ms-sevsnpvm-familyId": toHex(report.familyId),
    "x-ms-sevsnpvm-guestsvn": report.guestSvn,
    "x-ms-sevsnpvm-hostdata": toHex(report.hostData),
    "x-ms-sevsnpvm-idkeydigest": toHex(report.idKeyDigest),
    "x-ms-sevsnpvm-imageId": toHex(report.imageId),
    "x-ms-sevsnpvm-is-debuggable": policy.debugAllowed,
    "x-ms-sevsnpvm-launchmeasurement": toHex(report.measurement),
    "x-ms-sevsnpvm-mem-aes256-xts-required": policy.aes256XtsRequired,
    "x-ms-sevsnpvm-microcode-svn": tcb.microcode,
    "x-ms-sevsnpvm-migration-allowed": policy.migrationAgentAllowed,
    "x-ms-sevsnpvm-page-swap-disabled": policy.pageSwapDisabled,
    "x-ms-sevsnpvm-rapl-disabled": policy.raplDisabled,
    "x-ms-sevsnpvm-reportdata": toHex(report.reportData),
    "x-ms-sevsnpvm-reportid": toHex(report.reportId),
    "x-ms-sevsnpvm-singlesocket": policy.singleSocket,
    "x-ms-sevsnpvm-smt-allowed": policy.smtAllowed,
    "x-ms-sevsnpvm-snpfw-svn": tcb.snp,
    "x-ms-sevsnpvm-tee-svn": tcb.tee,
    "x-ms-sevsnpvm-vmpl": report.vmpl,
  };
}

function ownClaims({ report, endorser }: SnpFacts): SnpClaims {
  const { leaf, root, revocation } = endorser;
  const committed = parseTcb(report.committedTcb, leaf.product);
  const { holder } = leaf;
  return {
    "x-strongroom-class": root.class,
    "x-strongroom-revocation": revocation,
    "x-strongroom-root": root.ark,
    "x-strongroom-snp-alias-check": isAliasCheckComplete(report.platformInfo),
    ...(holder.kind === "vcek" && { "x-strongroom-snp-chip-id": toHex(holder.hwId) }),
    "x-strongroom-snp-committed-microcode-svn": committed.microcode,
    "x-strongroom-snp-committed-snpfw-svn": committed.snp,
    "x-strongroom-snp-firmware": report.currentFirmware,
    "x-strongroom-snp-fmc-svn": parseTcb(report.reportedTcb, leaf.product).fmc,
    ...mitigationClaims(report),
    "x-strongroom-snp-product": leaf.product,
    ...(holder.kind === "vlek" && { "x-strongroom-snp-provider": holder.cspId }),
    "x-strongroom-snp-report-version": report.version,
    "x-strongroom-snp-signing-key": holder.kind,
    "x-strongroom-tier": "tee",
  };
}

/** Bits of mitigations by AMD's numbers, in hexadecimal: those that were there at launch, and those that are now. */
function mitigationClaims({ mitigations }: SnpFacts["report"]): SnpClaims {
  const spell = (bits: bigint) => bits.toString(16).padStart(16, "0");
  return mitigations === undefined
    ? {}
    : {
        "x-strongroom-snp-mitigations": spell(mitigations.current),
        "x-strongroom-snp-mitigations-at-launch": spell(mitigations.launch),
      };
}
