// SPDX-License-Identifier: Apache-2.0
/** What is planned for every state of the world around a SecretVault. */

import { describe, expect, it } from "@jest/globals";
import type { StoredMeta } from "../resource.ts";
import type { VaultObservation } from "./observation.ts";
import { planVault } from "./plan.ts";

const certificates = { "infrastructure-ca.crt": "CA", "release-root.crt": "ROOT" };
const finalizers = ["strongroom.io/finalizer"];
const ours = { "app.kubernetes.io/managed-by": "strongroom-operator" };
const host = "strongroom.strongroom-system.svc.cluster.local";

function seen(
  metadata: Partial<StoredMeta> = {},
  changes: Partial<VaultObservation> = {},
): VaultObservation {
  return {
    vault: {
      metadata: { name: "v", namespace: "ns", uid: "uid-1", generation: 1, ...metadata },
      spec: {},
    },
    service: undefined,
    caConfigMap: undefined,
    certificates,
    installationHost: host,
    hasSiblings: false,
    ...changes,
  };
}

const service = (uid: string, externalName = host) => ({
  metadata: {
    name: "v",
    namespace: "ns",
    uid: "service-1",
    ownerReferences: [
      {
        apiVersion: "strongroom.io/v1alpha1",
        kind: "SecretVault",
        name: "v",
        uid,
        controller: true,
      },
    ],
  },
  spec: { type: "ExternalName", externalName },
});

const configMap = (labels: Record<string, string>, data: Record<string, string>) => ({
  metadata: { name: "strongroom-ca", namespace: "ns", uid: "cm-1", labels },
  data,
});

const settled = { service: service("uid-1"), caConfigMap: configMap(ours, certificates) };
const leaving = { deletionTimestamp: "2026-01-01T00:00:00Z" };

describe("planVault", () => {
  it.each<[string, VaultObservation, readonly string[], readonly string[]]>([
    [
      "makes everything for a new vault, the finalizer first",
      seen(),
      ["addFinalizer", "createService", "createConfigMap", "putVault"],
      [],
    ],
    ["only tells the vault when all is there", seen({ finalizers }, settled), ["putVault"], []],
    [
      "moves a Service of ours that points elsewhere",
      seen({ finalizers }, { ...settled, service: service("uid-1", "old.host") }),
      ["applyService", "putVault"],
      [],
    ],
    [
      "never adopts a Service that exists",
      seen({ finalizers }, { ...settled, service: { metadata: { name: "v" }, spec: {} } }),
      ["putVault"],
      ["AddressConflict"],
    ],
    [
      "never adopts the Service of an earlier vault of the same name",
      seen({ finalizers }, { ...settled, service: service("uid-0") }),
      ["putVault"],
      ["AddressConflict"],
    ],
    [
      "renews certificates that rotated",
      seen({ finalizers }, { ...settled, caConfigMap: configMap(ours, {}) }),
      ["applyConfigMap", "putVault"],
      [],
    ],
    [
      "leaves someone else's ConfigMap alone",
      seen({ finalizers }, { ...settled, caConfigMap: configMap({}, { other: "data" }) }),
      ["putVault"],
      ["CertificatesConflict"],
    ],
    [
      "is content with someone else's ConfigMap that holds our certificates",
      seen({ finalizers }, { ...settled, caConfigMap: configMap({}, certificates) }),
      ["putVault"],
      [],
    ],
    [
      "takes a vault down before it lets the resource go",
      seen({ finalizers, ...leaving }, settled),
      ["deleteVault", "deleteConfigMap", "removeFinalizer"],
      [],
    ],
    [
      "leaves the certificates to the other vaults of the namespace",
      seen({ finalizers, ...leaving }, { ...settled, hasSiblings: true }),
      ["deleteVault", "removeFinalizer"],
      [],
    ],
    [
      "does not delete someone else's ConfigMap",
      seen({ finalizers, ...leaving }, { caConfigMap: configMap({}, certificates) }),
      ["deleteVault", "removeFinalizer"],
      [],
    ],
    ["has nothing to do for a vault that it let go", seen(leaving, settled), [], []],
  ])("%s", (_, observation, acts, obstacles) => {
    const plan = planVault(observation);
    expect(plan.acts.map(({ kind }) => kind)).toEqual(acts);
    expect(plan.obstacles.map(({ reason }) => reason)).toEqual(obstacles);
  });

  it("keeps the finalizers of others, whether it comes or goes", () => {
    const both = ["other/finalizer", ...finalizers];
    const coming = planVault(seen({ finalizers: ["other/finalizer"] })).acts;
    expect(coming[0]).toEqual({ kind: "addFinalizer", finalizers: both });
    const going = planVault(seen({ finalizers: both, ...leaving })).acts;
    expect(going.at(-1)).toEqual({ kind: "removeFinalizer", finalizers: ["other/finalizer"] });
  });
});
