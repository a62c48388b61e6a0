// SPDX-License-Identifier: Apache-2.0
/** The environment that the DaemonSet sets, and mistakes in it. */

import { describe, expect, it } from "@jest/globals";
import { parseConfig } from "./config.ts";

const env = {
  PATH: "/usr/bin",
  STRONGROOM_NODE_NAME: "node-1",
  STRONGROOM_ISSUER: "https://strongroom.strongroom-system.svc",
  STRONGROOM_VAULT_ADDRESS: "strongroom.strongroom-system.svc:443",
  STRONGROOM_VAULT_SERVER_NAME: "strongroom.strongroom-system.svc",
  STRONGROOM_CA_FILE: "/etc/strongroom/infrastructure-ca.crt",
  STRONGROOM_RELEASE_ROOT_FILE: "/etc/strongroom/release-root.crt",
  STRONGROOM_TOKEN_FILE: "/var/run/secrets/strongroom/token",
  STRONGROOM_TPM_DEVICE: "/dev/tpmrm0",
};

describe("parseConfig", () => {
  it("derives kubelet's paths and takes defaults", () => {
    expect(parseConfig(env)).toMatchObject({
      podsDirectory: "/var/lib/kubelet/pods",
      pluginSocket: "/var/lib/kubelet/plugins/csi.strongroom.io/csi.sock",
      registrationSocket: "/var/lib/kubelet/plugins_registry/csi.strongroom.io-reg.sock",
      tpm: { kind: "device", path: "/dev/tpmrm0" },
      pcrs: [0, 1, 2, 3, 4, 5, 6, 7],
      healthPort: 9808,
    });
  });

  it("attests with the best that the node has, asks nobody for endorsements, and needs no TPM", () => {
    const { STRONGROOM_TPM_DEVICE: _, ...rest } = env;
    const folder = "/var/lib/kubelet/plugins/csi.strongroom.io";
    expect(parseConfig(rest)).toMatchObject({
      tpm: undefined,
      evidence: { source: "auto", memory: `${folder}/evidence-source` },
      endorsements: { folder: `${folder}/endorsements`, amdUrl: undefined, thimUrl: undefined },
    });
  });

  it("takes sources of endorsements, without the slash at their end", () => {
    const named = {
      ...env,
      STRONGROOM_AMD_URL: "https://kds.test/",
      STRONGROOM_INTEL_URL: "https://pccs.test:8081",
      STRONGROOM_ENDORSEMENTS_CA_FILE: "/etc/ca.pem",
      STRONGROOM_AZURE_THIM: "true",
    };
    expect(parseConfig(named).endorsements).toMatchObject({
      amdUrl: "https://kds.test",
      intelUrl: "https://pccs.test:8081",
      thimUrl: "http://169.254.169.254",
    });
  });

  it("takes a TPM behind a socket", () => {
    const { STRONGROOM_TPM_DEVICE: _, ...rest } = env;
    const socket = { ...rest, STRONGROOM_TPM_SOCKET: "/run/tpm.sock", STRONGROOM_PCRS: "7,23" };
    expect(parseConfig(socket)).toMatchObject({
      tpm: { kind: "socket", path: "/run/tpm.sock" },
      pcrs: [7, 23],
    });
  });

  it.each([
    ["an unknown variable", { STRONGROOM_PCR: "7" }, "STRONGROOM_PCR"],
    ["two TPMs", { STRONGROOM_TPM_SOCKET: "/run/tpm.sock" }, "only one of"],
    [
      "a TPM that is wanted and not there",
      { STRONGROOM_EVIDENCE: "tpm", STRONGROOM_TPM_DEVICE: undefined },
      "exactly one of",
    ],
    ["a provider without a socket", { STRONGROOM_EVIDENCE: "provider" }, "EVIDENCE_SOCKET"],
    ["a source that there is not", { STRONGROOM_EVIDENCE: "magic" }, "STRONGROOM_EVIDENCE"],
    ["a server without a CA", { STRONGROOM_AMD_URL: "https://kds.test" }, "CA_FILE"],
    ["a server without TLS", { STRONGROOM_AMD_URL: "http://kds.test" }, "STRONGROOM_AMD_URL"],
    ["a PCR that there is not", { STRONGROOM_PCRS: "24" }, "STRONGROOM_PCRS"],
    [
      "an address without a port",
      { STRONGROOM_VAULT_ADDRESS: "vault" },
      "STRONGROOM_VAULT_ADDRESS",
    ],
    ["a relative path", { STRONGROOM_CA_FILE: "ca.crt" }, "STRONGROOM_CA_FILE"],
    ["no node name", { STRONGROOM_NODE_NAME: undefined }, "STRONGROOM_NODE_NAME"],
  ])("refuses %s by name", (_, change, text) => {
    expect(() => parseConfig({ ...env, ...change })).toThrow(
      expect.objectContaining({ code: "BadParameter", message: expect.stringContaining(text) }),
    );
  });
});
