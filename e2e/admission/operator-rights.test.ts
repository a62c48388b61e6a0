// SPDX-License-Identifier: Apache-2.0
/** What the chart lets the operator do in the API server: what it needs, and nothing by which it could read a value. */

import { beforeAll, describe, expect, it } from "@jest/globals";
import { type ChartObject, renderChart } from "./fixtures/render-chart.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Patterns over `group/resource[:name] verb`, for the whole cluster. */
const clusterWide = [
  /^strongroom\.io\/[a-z]+ (get|list|watch)$/,
  /^strongroom\.io\/[a-z]+\/status patch$/,
  // The finalizer.
  /^strongroom\.io\/secretvaults patch$/,
  // For people to read: no decision looks at it.
  /^strongroom\.io\/attestednodes (create|patch)$/,
  /^core\/services (get|create|patch)$/,
  /^core\/(serviceaccounts|namespaces) get$/,
  // RBAC cannot bind the name of what is created.
  /^core\/configmaps create$/,
  /^core\/configmaps:strongroom-ca (get|patch|delete)$/,
  /^events\.k8s\.io\/events (create|patch)$/,
  /^core\/nodes (get|list|watch|patch)$/,
];
const inReleaseNamespace = [
  /^coordination\.k8s\.io\/leases create$/,
  /^coordination\.k8s\.io\/leases:strongroom-operator (get|update)$/,
];

describe("the operator's account", () => {
  let objects: readonly ChartObject[];

  beforeAll(async () => {
    objects = await renderChart();
  });

  const rightsOf = (bindingKind: string): readonly string[] =>
    objects
      .filter(
        ({ kind, subjects }) =>
          kind === bindingKind &&
          subjects.some(({ name }: { name: string }) => name === "strongroom-operator"),
      )
      .flatMap(({ roleRef }) =>
        objects.filter(
          ({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name,
        ),
      )
      .flatMap(({ rules }) => rules.flatMap(flatten));

  it("has rights over the whole cluster that the design names, and no others", () => {
    const rights = rightsOf("ClusterRoleBinding");
    expect(rights).toContain("strongroom.io/secretvaults watch");
    expect(rights.filter((right) => !clusterWide.some((allowed) => allowed.test(right)))).toEqual(
      [],
    );
  });

  it("has its lease in its own namespace, and nothing else", () => {
    const rights = rightsOf("RoleBinding");
    expect(rights).toContain("coordination.k8s.io/leases:strongroom-operator update");
    const others = rights.filter((right) => !inReleaseNamespace.some((is) => is.test(right)));
    expect(others).toEqual([]);
  });

  it("is bound to no role but its own", () => {
    const names = objects
      .filter(
        ({ kind, subjects }) =>
          kind.endsWith("RoleBinding") &&
          subjects.some(({ name }: { name: string }) => name === "strongroom-operator"),
      )
      .map(({ roleRef }) => roleRef.name);
    expect(names).toEqual(["strongroom-operator", "strongroom-operator"]);
  });

  it("is not let off by the admission policies", () => {
    const policies = objects.filter(({ kind }) => kind.startsWith("ValidatingAdmissionPolicy"));
    expect(policies.map(({ metadata }) => metadata.name)).toContain("strongroom-assign");
    expect(JSON.stringify(policies)).not.toContain("strongroom-operator");
    expect(JSON.stringify(policies)).not.toContain("userInfo");
  });
});

function flatten({ apiGroups, resources, verbs, resourceNames }: Rule): readonly string[] {
  const names = resourceNames?.map((name) => `:${name}`) ?? [""];
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      names.flatMap((name) => verbs.map((verb) => `${group || "core"}/${resource}${name} ${verb}`)),
    ),
  );
}
