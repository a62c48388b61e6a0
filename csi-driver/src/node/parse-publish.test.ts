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
import { parseItems } from "./parse-items.ts";
import { parsePublish } from "./parse-publish.ts";

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
      items: [
        { kind: "secret", name: "db-password" },
        { kind: "secret", name: "other", version: version.toLowerCase() },
      ],
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

describe("the files of a volume", () => {
  const value = "mC3-_";

  it.each(["..", ".", "a/b", "/a", "a,", "", "a b", "ä", "a\0", "a".repeat(128), "a/../b"])(
    "are no secrets by the name %j",
    (text) => {
      expect(() => parseItems({ secrets: text })).toThrow(
        expect.objectContaining({ code: "BadParameter" }),
      );
    },
  );

  it("are secrets and data keys, which name a key of the vault and what it wrapped", () => {
    const dataKeys = `jan=kek/${version}:RSA-OAEP-256:${value}, feb=other:A256KW:${value}`;
    expect(parse({}, { secrets: "password", dataKeys }).items).toEqual([
      { kind: "secret", name: "password" },
      {
        ...{ kind: "dataKey", name: "jan", key: { name: "kek", version: version.toLowerCase() } },
        wrapped: { alg: "RSA-OAEP-256", value },
      },
      {
        ...{ kind: "dataKey", name: "feb", key: { name: "other" } },
        wrapped: { alg: "A256KW", value },
      },
    ]);
  });

  it.each([
    "",
    "jan",
    `kek:A256KW:${value}`,
    `../jan=kek:A256KW:${value}`,
    `jan=kek/1:A256KW:${value}`,
    `jan=kek:A256GCM:${value}`,
    `jan=kek:RSA-OAEP:${value}`,
    "jan=kek:A256KW:",
    "jan=kek:A256KW:a+b",
    `jan=kek:A256KW:${"A".repeat(700)}`,
    `jan=kek:A256KW:${value}:more`,
    `jan=kek:A256KW:${value},`,
  ])("are no data keys by %j", (text) => {
    expect(() => parseItems({ dataKeys: text })).toThrow(
      expect.objectContaining({ code: "BadParameter", message: expect.stringMatching(/dataKeys/) }),
    );
  });

  it("are at least one, and no two have one name, whatever its case, version or kind", () => {
    expect(() => parseItems({})).toThrow("nothing is named");
    expect(() => parseItems({ secrets: `a,A/${version}` })).toThrow(/"A" twice/);
    const dataKeys = `A=kek:A256KW:${value}`;
    expect(() => parseItems({ secrets: "a", dataKeys })).toThrow(/dataKeys.*"A" twice/);
  });

  it("are 64 and not one more", () => {
    const names = Array.from({ length: 65 }, (_, index) => `s${index}`);
    expect(parseItems({ secrets: names.slice(1).join(",") })).toHaveLength(64);
    expect(() => parseItems({ secrets: names.join(",") })).toThrow("at most 64");
    const dataKeys = names.map((name) => `d${name}=kek:A256KW:${value}`).slice(0, 2);
    const both = { secrets: names.slice(0, 63).join(","), dataKeys: dataKeys.join(",") };
    expect(() => parseItems(both)).toThrow("at most 64");
  });

  it("never have a name that is more than one path component", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        for (const attributes of [{ secrets: text }, { dataKeys: `${text}=kek:A256KW:${value}` }]) {
          try {
            for (const { name } of parseItems(attributes)) {
              expect(name).toMatch(/^[0-9a-zA-Z-]+$/);
            }
          } catch (error) {
            expect(error).toMatchObject({ code: "BadParameter" });
          }
        }
      }),
    );
  });
});

function tokensWith(tokens: object): Record<string, string> {
  return { "csi.storage.k8s.io/serviceAccount.tokens": JSON.stringify(tokens) };
}
