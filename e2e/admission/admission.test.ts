// SPDX-License-Identifier: Apache-2.0
/** An editor of a namespace tries every way up through custom resources, against a real API server. */

import { describe, expect, it } from "@jest/globals";
import { secretVaultSpecSchema } from "@strongroom/api";
import { pathOf } from "./fixtures/admission-world.ts";
import { operator, roles, secret, useNamespace, vault } from "./fixtures/use-namespace.ts";

/** Members of a vault's spec that the policy asks `assign` for. */
const guarded = [
  "roleAssignments",
  "address",
  "certificates",
  "keys",
  "release",
  "recover",
  "charter",
];
/** Members that give nobody anything: fixed once set, or only ever tightened. */
const free = ["protection", "softDelete"];

describe("custom resources, for who may edit them", () => {
  const { as, refused, patch, server } = useNamespace();

  it("let an editor make a vault of which nobody has anything, and tighten one", async () => {
    expect((await as("editor")("POST", pathOf("secretvaults"), vault("own"))).status).toBe(201);
    expect((await patch("editor", { release: "Required" }, "own")).status).toBe(200);
    expect((await patch("editor", { softDelete: { purgeProtection: true } }, "own")).status).toBe(
      200,
    );
  });

  it.each([
    ["makes a vault with roles", vault("evil", { roleAssignments: roles })],
    [
      "makes one of a generated name",
      { ...vault("", { roleAssignments: roles }), metadata: { generateName: "evil-" } },
    ],
    ["recovers a deleted one", vault("evil", { recover: "uid-of-a-vault" })],
    ["makes one with further hosts", vault("evil", { address: { hosts: ["bank.example"] } })],
  ])("refuse an editor who %s", async (_name, body) => {
    await refused(as("editor")("POST", pathOf("secretvaults"), body));
  });

  it.each([
    ["adds a role", { roleAssignments: [...roles, ...roles] }],
    ["takes roles away", { roleAssignments: [] }],
    ["takes roles away by leaving them out", { roleAssignments: null }],
    ["widens a scope", { roleAssignments: [{ ...roles[0], scope: "secrets" }] }],
    [
      "makes roles delegable",
      { roleAssignments: [{ ...roles[0], delegable: ["Key Vault Reader"] }] },
    ],
    ["adds a host", { address: { hosts: ["shop.example", "bank.example"] } }],
    ["lets its CA vouch for more domains", { certificates: { domains: ["bank.example"] } }],
    ["permits algorithms that are off", { keys: { legacyAlgorithms: ["RSA1_5"] } }],
    ["brings a charter", { charter: { payload: "e30", signatures: [] } }],
    ["no longer requires release", { release: "Allowed" }],
    ["takes the default for release", { release: null }],
  ])("refuse an editor who patches a vault and %s", async (_name, spec) => {
    await refused(patch("editor", spec));
  });

  it("refuse an editor who replaces a vault, or writes its status", async () => {
    const { body: known } = await as("editor")("GET", pathOf("secretvaults", "shop"));
    const replaced = { ...known, spec: { ...known.spec, roleAssignments: [...roles, ...roles] } };
    await refused(as("editor")("PUT", pathOf("secretvaults", "shop"), replaced));
    const { status } = await server().callAs(
      ...(["editor", "PUT", `${pathOf("secretvaults", "shop")}/status`] as const),
      { ...known, status: { uid: "other" } },
    );
    expect(status).toBe(403);
  });

  it("refuse an editor who deletes a vault and makes it again with roles", async () => {
    expect((await as("editor")("DELETE", pathOf("secretvaults", "own"))).status).toBe(200);
    await refused(
      as("editor")("POST", pathOf("secretvaults"), vault("own", { roleAssignments: roles })),
    );
  });

  it("refuse an editor who makes or changes what is in a vault, but not who labels it", async () => {
    await refused(as("editor")("POST", pathOf("vaultsecrets"), secret("another")));
    const path = pathOf("vaultsecrets", "password");
    await refused(as("editor")("PATCH", path, { spec: { contentType: "text/plain" } }));
    expect((await as("editor")("PATCH", path, { metadata: { labels: { a: "b" } } })).status).toBe(
      200,
    );
  });

  it("bind the operator too, which changes metadata and status alone", async () => {
    const path = pathOf("secretvaults", "shop");
    const finalizers = { metadata: { finalizers: ["strongroom.io/finalizer"] } };
    expect((await as(operator)("PATCH", path, finalizers)).status).toBe(200);
    expect((await as(operator)("PATCH", `${path}/status`, { status: { uid: "u" } })).status).toBe(
      200,
    );
    await refused(patch(operator, { roleAssignments: [] }));
    expect((await as(operator)("POST", pathOf("vaultsecrets"), secret("made"))).status).toBe(403);
  });

  it("have no member of which nobody has decided whether it gives something out", () => {
    expect(Object.keys(secretVaultSpecSchema.shape).sort()).toEqual([...guarded, ...free].sort());
  });
});
