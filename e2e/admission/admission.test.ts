// SPDX-License-Identifier: Apache-2.0
/** An editor of a namespace tries every way up through custom resources, against a real API server. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { secretVaultSpecSchema } from "@strongroom/api";
import type { TestApiServer } from "@strongroom/testing";
import {
  bind,
  namespace,
  pathOf,
  resource,
  startAdmissionWorld,
  until,
} from "./fixtures/admission-world.ts";

const operator = "system:serviceaccount:strongroom-system:strongroom-operator";
const roles = [
  {
    ...{ role: "Key Vault Administrator", scope: "*", via: "api" },
    principals: [{ serviceAccount: { name: "default" } }],
  },
];
const vault = (name: string, spec: object = {}) => resource("SecretVault", name, spec);
const secret = (name: string, spec: object = {}) =>
  resource("VaultSecret", name, { vault: "shop", generate: {}, ...spec });

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
  let server: TestApiServer;

  beforeAll(async () => {
    server = await startAdmissionWorld();
    await bind(server, "editor", "strongroom-edit");
    await bind(server, "editor", "strongroom-view");
    await bind(server, "owner", "strongroom-vault-admin");
    await bind(server, operator, "strongroom-operator");
    await until(async () => {
      const answers = [
        await as("editor")(
          "POST",
          `${pathOf("secretvaults")}?dryRun=All`,
          vault("p", { roleAssignments: roles }),
        ),
        await as("editor")("POST", `${pathOf("vaultsecrets")}?dryRun=All`, secret("p")),
        await as("owner")("POST", `${pathOf("vaultsecrets")}?dryRun=All`, secret("p")),
      ];
      return answers.map(({ status }) => status).join() === "403,403,201";
    });
    const made = await as("owner")("POST", pathOf("secretvaults"), shop());
    expect(made.status).toBe(201);
    expect((await as("owner")("POST", pathOf("vaultsecrets"), secret("password"))).status).toBe(
      201,
    );
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const as = (user: string) => async (method: string, path: string, body?: object) =>
    await server.callAs(user, method, path, body);
  const shop = () =>
    vault("shop", {
      roleAssignments: roles,
      release: "Required",
      address: { hosts: ["shop.example"] },
    });
  const refused = async (act: Promise<{ status: number; body: { message?: string } }>) => {
    const { status, body } = await act;
    expect({ status, message: body.message }).toEqual({
      ...{ status: 403, message: expect.stringMatching(/you need the verb (assign|write)/) },
    });
  };
  const patch = (user: string, spec: object, name = "shop") =>
    as(user)("PATCH", pathOf("secretvaults", name), { spec });

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
    const { status } = await server.callAs(
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

  it("let nobody give themselves the verbs: RBAC asks that they hold them", async () => {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await server.call("POST", `/apis/rbac.authorization.k8s.io/v1/clusterroles`, {
      metadata: { name: "role-maker" },
      rules: [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["*"], verbs: ["create"] }],
    });
    await bind(server, "editor", "role-maker");
    const role = (apiGroup: string, target: string, verb: string) => ({
      metadata: { name: "up" },
      rules: [{ apiGroups: [apiGroup], resources: [target], verbs: [verb] }],
    });
    await until(async () => {
      const known = role("strongroom.io", "secretvaults", "get");
      return (await as("editor")("POST", `${rbac}/roles?dryRun=All`, known)).status === 201;
    });
    for (const [target, verb] of [
      ["secretvaults", "assign"],
      ["secretvaults/secrets", "write"],
      ["*", "*"],
    ] as const) {
      const answer = await as("editor")(
        "POST",
        `${rbac}/roles`,
        role("strongroom.io", target, verb),
      );
      expect(answer.status).toBe(403);
    }
    const binding = {
      metadata: { name: "up" },
      roleRef: {
        ...{ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole" },
        name: "strongroom-vault-admin",
      },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "editor" }],
    };
    expect((await as("editor")("POST", `${rbac}/rolebindings`, binding)).status).toBe(403);
  });

  it("obey who holds the verbs, for the vault and the namespace that they hold them for", async () => {
    expect((await patch("owner", { roleAssignments: [...roles, ...roles] })).status).toBe(200);
    await server.call("POST", `/apis/rbac.authorization.k8s.io/v1/clusterroles`, {
      metadata: { name: "one-vault" },
      rules: [
        {
          apiGroups: ["strongroom.io"],
          resources: ["secretvaults"],
          verbs: ["assign"],
          resourceNames: ["shop"],
        },
        {
          apiGroups: ["strongroom.io"],
          resources: ["secretvaults/secrets"],
          verbs: ["write"],
          resourceNames: ["shop"],
        },
      ],
    });
    await bind(server, "deputy", "strongroom-edit");
    await bind(server, "deputy", "one-vault");
    await bind(server, "owner", "strongroom-edit", "team-b");
    await until(async () => (await patch("deputy", { roleAssignments: roles })).status === 200);
    await refused(
      as("deputy")("POST", pathOf("secretvaults"), vault("other", { roleAssignments: roles })),
    );
    expect((await as("deputy")("POST", pathOf("vaultsecrets"), secret("mine"))).status).toBe(201);
    await refused(
      as("deputy")("POST", pathOf("vaultsecrets"), secret("theirs", { vault: "other" })),
    );
    const elsewhere = pathOf("secretvaults").replace(namespace, "team-b");
    await until(async () => (await as("owner")("POST", elsewhere, vault("b"))).status !== 403);
    await refused(as("owner")("POST", elsewhere, vault("c", { roleAssignments: roles })));
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
