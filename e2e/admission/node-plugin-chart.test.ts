// SPDX-License-Identifier: Apache-2.0
/** What of a node the chart hands to the node plugin, for each source of evidence: that much and no more. */

import { describe, expect, it } from "@jest/globals";
import { type ChartObject, renderChart } from "./fixtures/render-chart.ts";

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly mountPropagation?: string;
}

async function pluginOf(values: Readonly<Record<string, unknown>> = {}) {
  const objects = await renderChart(values);
  const isPlugin = ({ kind, metadata }: ChartObject) =>
    kind === "DaemonSet" && metadata.name === "strongroom-node";
  const { spec } = objects.find(isPlugin)?.["spec"].template ?? {};
  const [container] = spec.containers;
  const volumes = spec.volumes as readonly { name: string; hostPath?: { path: string } }[];
  const hostPaths = volumes.flatMap(({ name, hostPath }) =>
    hostPath === undefined ? [] : [[name, hostPath.path] as const],
  );
  const environment = new Map<string, string>(
    container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  return {
    ...{ volumes, hostPaths: new Map(hostPaths) },
    environment,
    mounts: container.volumeMounts as readonly Mount[],
  };
}

/** What every CSI driver has: its part of kubelet's folder. */
const kubelet = {
  pods: "/var/lib/kubelet/pods",
  plugin: "/var/lib/kubelet/plugins/csi.strongroom.io",
  registration: "/var/lib/kubelet/plugins_registry",
};

const sys = {
  ...{ name: "sys", mountPath: "/host/sys" },
  ...{ readOnly: true, mountPropagation: "HostToContainer" },
};

describe("the chart's node plugin", () => {
  it.each(["sev-guest", "nitro", "nitro-tpm"])(
    "has kubelet's folders and nothing else of the host for %s",
    async (source) => {
      const { hostPaths, environment } = await pluginOf({ "nodePlugin.evidence.source": source });
      expect(Object.fromEntries(hostPaths)).toEqual(kubelet);
      expect(environment.get("STRONGROOM_EVIDENCE")).toBe(source);
      expect(environment.has("STRONGROOM_TSM_PATH")).toBe(false);
      expect(environment.has("STRONGROOM_EVENT_LOG")).toBe(false);
    },
  );

  it.each(["tpm", "azure", "auto"])(
    "has the kernel's log of the TPM for %s, below files that it cannot write",
    async (source) => {
      const { hostPaths, environment, mounts } = await pluginOf({
        "nodePlugin.evidence.source": source,
      });
      expect(Object.fromEntries(hostPaths)).toEqual({ ...kubelet, sys: "/sys" });
      expect(mounts.find(({ name }) => name === "sys")).toEqual(sys);
      expect(environment.get("STRONGROOM_EVENT_LOG")).toBe(
        "/host/sys/kernel/security/tpm0/binary_bios_measurements",
      );
    },
  );

  it("has the log of the very device that it asks", async () => {
    const { environment } = await pluginOf({ "nodePlugin.tpm.device": "/dev/tpmrm12" });
    expect(environment.get("STRONGROOM_EVENT_LOG")).toContain("/security/tpm12/");
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["nobody wants one", { "nodePlugin.eventLog.enabled": false }],
    ["the TPM is a socket's", { "nodePlugin.tpm.socketHostPath": "/run/swtpm/tpm.sock" }],
  ])("has no log, and nothing of the kernel's, where %s", async (_, values) => {
    const { hostPaths, environment } = await pluginOf(values);
    expect(hostPaths.has("sys")).toBe(false);
    expect(environment.has("STRONGROOM_EVENT_LOG")).toBe(false);
  });

  it("has the log of a trust domain beside a provider, which may answer for one", async () => {
    const { hostPaths, environment } = await pluginOf({
      "nodePlugin.evidence.source": "provider",
      "nodePlugin.evidence.providerSocketHostPath": "/run/evidence/s.sock",
    });
    expect(hostPaths.get("sys")).toBe("/sys");
    expect(environment.get("STRONGROOM_TD_EVENT_LOG")).toBe(
      "/host/sys/firmware/acpi/tables/data/CCEL",
    );
    expect(environment.has("STRONGROOM_EVENT_LOG")).toBe(false);
  });

  it("has no log of a trust domain where nobody wants one", async () => {
    const { environment } = await pluginOf({
      "nodePlugin.evidence.source": "tsm",
      "nodePlugin.eventLog.enabled": false,
    });
    expect(environment.has("STRONGROOM_TD_EVENT_LOG")).toBe(false);
  });

  it("has the log that is named, by its folder, which is made where a node has none", async () => {
    const { volumes, hostPaths, environment, mounts } = await pluginOf({
      "nodePlugin.tpm.socketHostPath": "/run/swtpm/tpm.sock",
      "nodePlugin.eventLog.hostPath": "/run/boot/log",
    });
    const hostPath = { path: "/run/boot", type: "DirectoryOrCreate" };
    expect(volumes.find(({ name }) => name === "event-log")).toEqual({
      ...{ name: "event-log", hostPath },
    });
    expect(hostPaths.has("sys")).toBe(false);
    expect(mounts.find(({ name }) => name === "event-log")?.readOnly).toBe(true);
    expect(environment.get("STRONGROOM_EVENT_LOG")).toBe("/run/strongroom/event-log/log");
  });

  it.each(["auto", "tsm"])(
    "has the kernel's files besides for %s, not to write",
    async (source) => {
      const { hostPaths, environment, mounts } = await pluginOf({
        "nodePlugin.evidence.source": source,
      });
      expect(Object.fromEntries(hostPaths)).toEqual({ ...kubelet, sys: "/sys" });
      expect(mounts.find(({ name }) => name === "sys")).toEqual(sys);
      expect(environment.get("STRONGROOM_TSM_PATH")).toBe("/host/sys/kernel/config/tsm/report");
      expect(environment.get("STRONGROOM_TD_EVENT_LOG")).toBe(
        "/host/sys/firmware/acpi/tables/data/CCEL",
      );
    },
  );

  it("attests by a TPM where nobody says otherwise", async () => {
    const { environment } = await pluginOf();
    expect(environment.get("STRONGROOM_EVIDENCE")).toBe("tpm");
    expect(environment.get("STRONGROOM_TPM_DEVICE")).toBe("/dev/tpmrm0");
  });

  it("has the folder of a software TPM's or a provider's socket, and no file in it", async () => {
    const { hostPaths, mounts } = await pluginOf({
      "nodePlugin.evidence.source": "auto",
      "nodePlugin.evidence.providerSocketHostPath": "/run/evidence/s.sock",
      "nodePlugin.tpm.socketHostPath": "/run/swtpm/tpm.sock",
    });
    expect(Object.fromEntries(hostPaths)).toEqual({
      ...{ ...kubelet, sys: "/sys" },
      ...{ evidence: "/run/evidence", tpm: "/run/swtpm" },
    });
    const isWritable = ({ name, readOnly }: Mount) => hostPaths.has(name) && readOnly !== true;
    expect(mounts.filter(isWritable).map(({ name }) => name)).toEqual(Object.keys(kubelet));
  });

  it("quotes what the authority wants of TPMs and of Azure's", async () => {
    const { environment } = await pluginOf({
      "attestation.tpm.pcrs": [0, 7],
      "attestation.azure": { pcrs: [4, 7, 11] },
    });
    expect(environment.get("STRONGROOM_PCRS")).toBe("0,7,4,11");
  });
});
