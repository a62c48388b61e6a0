// SPDX-License-Identifier: Apache-2.0
/** Requests to Intel's Provisioning Certification Service, version 4, or to a cache that answers as it does (PCCS). */

import type { PckLookup } from "@strongroom/attestation";
import { toHex } from "@strongroom/core";
import type { EndorsementName } from "../endorsement.ts";
import type { EndorsementRequest } from "../endorsement-request.ts";
import type { IntelSource } from "../endorsement-sources.ts";
import { usualPace } from "../limits.ts";

const tcbInfo = /^intel\/tcb-info\/(?<tee>sgx|tdx)\/(?<fmspc>[0-9a-f]{12})$/;
const crl = /^intel\/crl\/(?<ca>platform|processor|root)$/;
const identities: ReadonlyMap<EndorsementName, "sgx" | "tdx"> = new Map([
  ["intel/identity/QE", "sgx"],
  ["intel/identity/TD_QE", "tdx"],
] as const);
const pck =
  /^intel\/pck\/(?<qeid>[0-9a-f]{32})\/(?<ppid>[0-9a-f]{512}|[0-9a-f]{768})\/(?<cpusvn>[0-9a-f]{32})\/(?<pcesvn>[0-9a-f]{4})\/(?<pceid>[0-9a-f]{4})$/;

/** Headers in which the issuers' certificates come, percent-encoded. */
const issuerHeader = {
  tcbInfo: "tcb-info-issuer-chain",
  identity: "sgx-enclave-identity-issuer-chain",
  crl: "sgx-pck-crl-issuer-chain",
  pck: "sgx-pck-certificate-issuer-chain",
} as const;

/** The name of the PCK certificate of a platform. @param qeId The id of its quoting enclave, which caches ask for. */
export function pckName(qeId: Uint8Array, lookup: PckLookup): EndorsementName {
  const { encryptedPpid, cpuSvn, pceSvn, pceId } = lookup;
  return `intel/pck/${[qeId, encryptedPpid, cpuSvn, pceSvn, pceId].map(toHex).join("/")}`;
}

/** The request for an endorsement of this name; undefined where the name is not of Intel's. */
export function pcsRequest(
  name: EndorsementName,
  source: IntelSource,
): EndorsementRequest | undefined {
  return (
    tcbInfoRequest(name, source) ??
    identityRequest(name, source) ??
    crlRequest(name, source) ??
    pckRequest(name, source)
  );
}

function tcbInfoRequest(name: EndorsementName, source: IntelSource) {
  const { tee, fmspc } = tcbInfo.exec(name)?.groups ?? {};
  return tee === undefined || fmspc === undefined
    ? undefined
    : toRequest(source, `/${tee}/certification/v4/tcb?fmspc=${fmspc}${updateOf(source, "&")}`, {
        issuerHeader: issuerHeader.tcbInfo,
      });
}

function identityRequest(name: EndorsementName, source: IntelSource) {
  const tee = identities.get(name);
  return tee === undefined
    ? undefined
    : toRequest(source, `/${tee}/certification/v4/qe/identity${updateOf(source, "?")}`, {
        issuerHeader: issuerHeader.identity,
      });
}

function updateOf({ update }: IntelSource, separator: "?" | "&"): string {
  return update === undefined ? "" : `${separator}update=${update}`;
}

function crlRequest(name: EndorsementName, source: IntelSource): EndorsementRequest | undefined {
  const ca = crl.exec(name)?.groups?.["ca"];
  if (ca === undefined) {
    return undefined;
  }
  if (ca !== "root") {
    return toRequest(source, `/sgx/certification/v4/pckcrl?ca=${ca}&encoding=der`, {
      issuerHeader: issuerHeader.crl,
    });
  }
  return source.rootCrlUrl === undefined
    ? toRequest(source, "/sgx/certification/v4/rootcacrl")
    : { url: source.rootCrlUrl, ca: source.ca, pace: usualPace };
}

function pckRequest(name: EndorsementName, source: IntelSource): EndorsementRequest | undefined {
  const groups = pck.exec(name)?.groups;
  if (groups === undefined) {
    return undefined;
  }
  const { ppid = "", qeid = "", cpusvn = "", pcesvn = "", pceid = "" } = groups;
  const { subscriptionKey } = source;
  // Caches file platforms under their quoting enclave; Intel's own service, which has a key, does not know the parameter.
  const query = new URLSearchParams({
    ...(subscriptionKey === undefined ? { qeid } : {}),
    ...{ encrypted_ppid: ppid, cpusvn, pcesvn, pceid },
  });
  return toRequest(source, `/sgx/certification/v4/pckcert?${query}`, {
    issuerHeader: issuerHeader.pck,
    ...(subscriptionKey === undefined
      ? {}
      : { headers: { "Ocp-Apim-Subscription-Key": subscriptionKey } }),
  });
}

function toRequest(
  { url, ca }: IntelSource,
  path: string,
  more: Pick<EndorsementRequest, "issuerHeader" | "headers"> = {},
): EndorsementRequest {
  return { url: `${url}${path}`, ca, pace: usualPace, ...more };
}
