// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { VolumeItem } from "./publish-request.ts";
import { deniedError } from "./release-error.ts";

const pod = { name: "p", namespace: "team", uid: "u", serviceAccount: "app" };
const version = "0".repeat(32);
const secret = (name: string): VolumeItem => ({ kind: "secret", name });
const items: readonly VolumeItem[] = [
  { kind: "secret", name: "db", version },
  {
    kind: "dataKey",
    name: "file",
    key: { name: "archive" },
    wrapped: { alg: "A256KW", value: "" },
  },
  ...["a", "b", "c"].map(secret),
];

const messageOf = (denials: readonly string[]) =>
  deniedError(
    denials.map((name) => ({ name, class: "PolicyDenied" })),
    { items, pod, vault: "shop" },
    { nodeName: "worker-1" },
  ).message;

describe("a denial", () => {
  it("names the objects as the vault knows them, and the command that says why", () => {
    expect(messageOf(["db", "file"])).toBe(
      [
        "release denied: secrets/db: PolicyDenied, keys/archive: PolicyDenied; to see why:",
        `strongroom policy explain secrets/db/${version} keys/archive:A256KW --node worker-1`,
        "--service-account team/app --url https://shop.team.svc",
        "--ca infrastructure-ca.crt --token-file token",
      ].join(" "),
    );
  });

  it("asks for the first objects alone, as an event is short", () => {
    const message = messageOf(["a", "b", "c", "db"]);
    expect(message).toContain("secrets/db: PolicyDenied; to see why:");
    expect(message).toContain("explain secrets/a secrets/b secrets/c --node");
  });
});
