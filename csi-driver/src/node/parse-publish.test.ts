// SPDX-License-Identifier: Apache-2.0
/** Which calls are taken and how the others are refused. */

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canaryToken, publishCall, tokensFor } from "../__fixtures__/calls.ts";
import { issuer } from "../__fixtures__/sandbox.ts";
import type {
  NodePublishVolumeRequest,
  NodePublishVolumeRequest__Output,
} from "../generated/csi/v1/NodePublishVolumeRequest.ts";
import { parsePublish } from "./parse-publish.ts";
import { parseSecrets } from "./parse-secrets.ts";

const version = "0123456789abcdef0123456789ABCDEF";

function parse(
  change: Partial<NodePublishVolumeRequest> = {},
  context: Readonly<Record<string, string>> = {},
) {
  const call = publishCall("/k/pods/u/v/mount", change, context);
  return parsePublish(call as NodePublishVolumeRequest__Output, issuer);
}

const group = (volumeMountGroup: string) => ({
  volumeCapability: { mount: { fsType: "", mountFlags: [], volumeMountGroup } },
});

describe("parsePublish", () => {
  it("takes what kubelet sends for an inline volume", () => {
    const request = parse(group("2000"), { secrets: `db-password, other/${version}` });
    expect(request).toEqual({
      volumeId: "csi-17",
      targetPath: "/k/pods/u/v/mount",
      mountGroup: 2000,
      pod: { name: "pod-1", namespace: "ns", uid: "pod-uid-1", serviceAccount: "default" },
      vault: "vault",
      items: [{ name: "db-password" }, { name: "other", version: version.toLowerCase() }],
      token: canaryToken,
    });
  });

  it.each([
    ["no volume id", { volumeId: "" }, "volume_id"],
    ["no target path", { targetPath: "" }, "target_path"],
    ["no capability", { volumeCapability: null }, "volume_capability"],
    ["a block device", { volumeCapability: { block: {} } }, "volume_capability"],
    ["mount flags", { volumeCapability: { mount: { mountFlags: ["suid"] } } }, "mount_flags"],
    ["a group that is no number", group("wheel"), "volume_mount_group"],
    ["the group that Linux has no room for", group("4294967295"), "volume_mount_group"],
    [
      "a nodePublishSecretRef",
      { secrets: { ...tokensFor("t"), user: "u" } },
      "nodePublishSecretRef",
    ],
  ])("refuses %s", (_, change, text) => {
    expect(() => parse(change)).toThrow(
      expect.objectContaining({ code: "BadParameter", message: expect.stringContaining(text) }),
    );
  });

  it.each([
    ["no tokens", {}],
    ["a token for another audience", tokensWith({ "https://other": { token: "t" } })],
    ["an empty token", tokensWith({ [issuer]: { token: "" } })],
    ["what is not JSON", { "csi.storage.k8s.io/serviceAccount.tokens": "{" }],
  ])("asks for a token where there is %s", (_, secrets) => {
    expect(() => parse({ secrets })).toThrow(expect.objectContaining({ code: "TokenMissing" }));
  });

  it("names an attribute that it does not know and never what it holds", () => {
    const context = { "csi.storage.k8s.io/serviceAccount.tokens": canaryToken };
    expect(() => parse({}, context)).toThrow(/serviceAccount\.tokens.*not known or not allowed/);
    expect(() => parse({}, context)).not.toThrow(canaryToken);
  });

  it.each([
    ["a vault in another namespace", { vault: "other.vault" }],
    ["a persistent volume", { "csi.storage.k8s.io/ephemeral": "false" }],
    ["no pod", { "csi.storage.k8s.io/pod.uid": "" }],
  ])("refuses %s", (_, context) => {
    expect(() => parse({}, context)).toThrow(expect.objectContaining({ code: "BadParameter" }));
  });
});

describe("parseSecrets", () => {
  it.each(["..", ".", "a/b", "/a", "a,", "", "a b", "ä", "a\0", "a".repeat(128), "a/../b"])(
    "refuses %j",
    (text) => {
      expect(() => parseSecrets(text)).toThrow(expect.objectContaining({ code: "BadParameter" }));
    },
  );

  it("refuses the same name twice, whatever its case or version", () => {
    expect(() => parseSecrets(`a,A/${version}`)).toThrow(/"A" twice/);
  });

  it("takes 64 secrets and not one more", () => {
    const names = Array.from({ length: 65 }, (_, index) => `s${index}`);
    expect(parseSecrets(names.slice(1).join(","))).toHaveLength(64);
    expect(() => parseSecrets(names.join(","))).toThrow("at most 64");
  });

  it("never gives a name that is more than one path component", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        try {
          for (const { name } of parseSecrets(text)) {
            expect(name).toMatch(/^[0-9a-zA-Z-]+$/);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: "BadParameter" });
        }
      }),
    );
  });
});

function tokensWith(tokens: object): Record<string, string> {
  return { "csi.storage.k8s.io/serviceAccount.tokens": JSON.stringify(tokens) };
}
