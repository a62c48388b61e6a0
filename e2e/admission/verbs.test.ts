// SPDX-License-Identifier: Apache-2.0
/** Who holds the verbs that custom resources ask for, and that nobody gives them to themselves; on a real API server. */

import { describe, expect, it } from "@jest/globals";
import { bind, namespace, pathOf, until } from "./fixtures/admission-world.ts";
import { roles, secret, useNamespace, vault } from "./fixtures/use-namespace.ts";

describe("custom resources", () => {
  const { as, refused, patch, server } = useNamespace();

  it("let nobody give themselves the verbs: RBAC asks that they hold them", async () => {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await server().call("POST", `/apis/rbac.authorization.k8s.io/v1/clusterroles`, {
      metadata: { name: "role-maker" },
      rules: [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["*"], verbs: ["create"] }],
    });
    await bind(server(), "editor", "role-maker");
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
    await server().call("POST", `/apis/rbac.authorization.k8s.io/v1/clusterroles`, {
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
    await bind(server(), "deputy", "strongroom-edit");
    await bind(server(), "deputy", "one-vault");
    await bind(server(), "owner", "strongroom-edit", "team-b");
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
});
