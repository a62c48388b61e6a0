// SPDX-License-Identifier: Apache-2.0
/** An authority's spec, ready for use: certificates parsed, vendors' roots among the configured, its hash. */

import type { AttestationAuthoritySpec } from "@strongroom/api";
import {
  type AmdEndorsements,
  type AmdRoot,
  type AmdTrust,
  amdRoots,
  type CcaPlatformKey,
  type DcapEndorsements,
  type DcapRoot,
  type DcapTrust,
  type EkTrust,
  intelSgxRoots,
  type NitroRoot,
  nitroRoots,
  parseCertificate,
  parsePemCertificates,
  readAmdEndorsements,
  readDcapEndorsements,
  readPlatformKeys,
  VerifiedCache,
} from "@strongroom/attestation";
import {
  canonicalJson,
  isStrongroomError,
  type JsonValue,
  type ReferenceValues,
  StrongroomError,
  sha256,
  toBase64url,
  toHex,
  toReferenceValues,
  utf8,
} from "@strongroom/core";
import { mergeAmd } from "../evidence/endorsement-files.ts";

/** What evidence is verified and appraised with. */
export interface AttestationRules {
  readonly spec: AttestationAuthoritySpec;
  /** The spec with its defaults, as text that has one spelling: canonical JSON. */
  readonly policy: Uint8Array;
  /** `x-ms-policy-hash` of tokens under these rules. */
  readonly policyHash: string;
  readonly ek: EkTrust;
  /** The roots of `ek` by fingerprint: a device that was enrolled under one which is gone is trusted no more. */
  readonly ekRoots: ReadonlyMap<string, Pick<EkTrust["roots"][number], "name" | "class">>;
  readonly amd: {
    readonly roots: readonly AmdRoot[];
    readonly endorsements: AmdEndorsements;
    readonly cache: NonNullable<AmdTrust["cache"]>;
  };
  readonly tdx: IntelTrust;
  readonly sgx: IntelTrust;
  readonly nitro: readonly NitroRoot[];
  readonly cca: readonly CcaPlatformKey[];
  /** The sets of `spec.references` for policies that name them. */
  readonly references: ReferenceValues;
}

/** Roots for DCAP quotes, and what is known beside what quotes bring. */
export interface IntelTrust {
  readonly roots: readonly DcapRoot[];
  readonly endorsements: DcapEndorsements;
  readonly cache: NonNullable<DcapTrust["cache"]>;
}

/** Chains and platforms that are kept as verified, for each kind and as long as the rules: more nodes than most clusters have. */
const cached = 1_024;

/** Rules of a spec. @throws {StrongroomError} `BadParameter` if a certificate or an endorsement in it is none. */
export function toRules(spec: AttestationAuthoritySpec): AttestationRules {
  const { snp, tdx, sgx, nitro } = spec;
  const policy = canonicalJson(spec as unknown as JsonValue);
  const ek = parsed("tpm", () => toEkTrust(spec));
  return {
    spec,
    ...{ policy, policyHash: policyHash(policy) },
    ek,
    ekRoots: new Map(
      ek.roots.flatMap(({ certificates, ...root }) =>
        certificates.map((der) => [toHex(sha256(der)), root] as const),
      ),
    ),
    amd: {
      roots: [...(snp.vendorRoots === "Trusted" ? amdRoots : []), ...snp.roots],
      cache: new VerifiedCache(cached),
      endorsements: parsed("snp", () =>
        mergeAmd(snp.endorsements.map((file) => readAmdEndorsements(utf8(file)))),
      ),
    },
    tdx: parsed("tdx", () => toIntelTrust(tdx)),
    sgx: parsed("sgx", () => toIntelTrust(sgx)),
    nitro: [...(nitro.vendorRoots === "Trusted" ? nitroRoots : []), ...nitro.roots],
    cca: parsed("cca", () => spec.cca.platforms.map(toPlatformKey)),
    references: toReferenceValues(spec.references),
  };
}

function parsed<T>(member: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!isStrongroomError(cause)) {
      throw cause;
    }
    throw new StrongroomError("BadParameter", `spec.${member}: ${cause.message}`, { cause });
  }
}

function toEkTrust({ tpm }: AttestationAuthoritySpec): EkTrust {
  const { trustRoots, intermediateCertificates } = tpm;
  return {
    roots: trustRoots.map(({ name, class: trustClass, certificates }) => ({
      ...{ name, class: trustClass },
      certificates: readCertificates(`root ${name}`, certificates),
    })),
    intermediates:
      intermediateCertificates === undefined
        ? []
        : readCertificates("intermediate certificates", intermediateCertificates),
  };
}

/** Each is read here, so that whoever writes rules hears of one that is none, and not the first node that enrols. */
function readCertificates(what: string, pem: string): readonly Uint8Array[] {
  try {
    const certificates = parsePemCertificates(pem);
    certificates.forEach(parseCertificate);
    return certificates;
  } catch (cause) {
    throw isStrongroomError(cause)
      ? new StrongroomError("BadParameter", `${what}: ${cause.message}`, { cause })
      : cause;
  }
}

function toPlatformKey(
  platform: AttestationAuthoritySpec["cca"]["platforms"][number],
): CcaPlatformKey {
  const { name, class: trustClass, implementationId, instanceId } = platform;
  const [read, ...more] = readPlatformKeys(utf8(platform.key));
  if (read === undefined || more.length > 0) {
    throw new StrongroomError("BadParameter", `platform ${name} needs one key`);
  }
  return {
    ...{ name, class: trustClass, key: read.key, implementationId },
    ...(instanceId === undefined ? {} : { instanceId }),
  };
}

function toIntelTrust(rules: AttestationAuthoritySpec["sgx"]): IntelTrust {
  return {
    roots: [...(rules.vendorRoots === "Trusted" ? intelSgxRoots : []), ...rules.roots],
    endorsements: readDcapEndorsements(rules.endorsements.map(utf8)),
    cache: new VerifiedCache(cached),
  };
}

/** Formed as Azure Attestation forms its policy hash. */
function policyHash(policy: Uint8Array): string {
  return toBase64url(sha256(utf8(toBase64url(policy))));
}
