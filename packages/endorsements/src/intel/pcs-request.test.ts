// SPDX-License-Identifier: Apache-2.0
/** Requests in the form of Intel's service, version 4, and of caches of it. */

import { describe, expect, it } from "@jest/globals";
import { fromHex } from "@strongroom/core";
import { pckName, pcsRequest } from "./pcs-request.ts";

const source = { url: "https://pcs.example", ca: "ca" };
const pck = pckName(fromHex("11".repeat(16)), {
  encryptedPpid: fromHex("22".repeat(256)),
  cpuSvn: fromHex("33".repeat(16)),
  pceSvn: fromHex("0d00"),
  pceId: fromHex("0000"),
});
const ids = `encrypted_ppid=${"22".repeat(256)}&cpusvn=${"33".repeat(16)}&pcesvn=0d00&pceid=0000`;

describe("a request to Intel's service", () => {
  it.each([
    [
      "intel/tcb-info/tdx/00806f050000",
      "/tdx/certification/v4/tcb?fmspc=00806f050000",
      "tcb-info-issuer-chain",
    ],
    [
      "intel/tcb-info/sgx/00606a000000",
      "/sgx/certification/v4/tcb?fmspc=00606a000000",
      "tcb-info-issuer-chain",
    ],
    [
      "intel/identity/TD_QE",
      "/tdx/certification/v4/qe/identity",
      "sgx-enclave-identity-issuer-chain",
    ],
    [
      "intel/crl/processor",
      "/sgx/certification/v4/pckcrl?ca=processor&encoding=der",
      "sgx-pck-crl-issuer-chain",
    ],
    ["intel/crl/root", "/sgx/certification/v4/rootcacrl", undefined],
    [
      pck,
      `/sgx/certification/v4/pckcert?qeid=${"11".repeat(16)}&${ids}`,
      "sgx-pck-certificate-issuer-chain",
    ],
  ])("for %s", (name, path, issuerHeader) => {
    const request = pcsRequest(name, source);
    expect(request).toMatchObject({ url: `${source.url}${path}`, ca: "ca" });
    expect([request?.issuerHeader, request?.headers]).toEqual([issuerHeader, undefined]);
  });

  it("for a PCK certificate has the subscription's key in its header, and no parameter that Intel does not know", () => {
    const request = pcsRequest(pck, { ...source, subscriptionKey: "secret" });
    expect(request?.url).toBe(`${source.url}/sgx/certification/v4/pckcert?${ids}`);
    expect(request?.headers).toEqual({ "Ocp-Apim-Subscription-Key": "secret" });
  });

  it.each([
    "intel/tcb-info/tdx/00806F050000",
    "intel/tcb-info/tdx/00806f05000",
    "intel/tcb-info/tdx/00806f0500000",
    "intel/tcb-info/txt/00806f050000",
    "x/intel/tcb-info/tdx/00806f050000",
    "intel/crl/other",
    "intel/crl/root/more",
    `${pck}00`,
    pck.replace("/22", "/"),
  ])("is none for a name that is nearly one: %s", (name) => {
    expect(pcsRequest(name, source)).toBeUndefined();
  });
});
