// SPDX-License-Identifier: Apache-2.0
/** The generated CustomResourceDefinitions on a real API server: defaults, and what it refuses. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startApiServer, type TestApiServer } from "@strongroom/testing";
import { parse } from "yaml";
import { malformedResources, secureKey, secureOps } from "./__fixtures__/malformed-resources.ts";
import { renderCrds } from "./generate-crds.ts";
import { attestationAuthoritySpecSchema } from "./resources/attestation/attestation-authority.ts";
import { resourceKinds } from "./resources/resource.ts";

const collection = (plural: string) => {
  const isCluster = resourceKinds.some((kind) => kind.plural === plural && "scope" in kind);
  return `/apis/strongroom.io/v1alpha1/${isCluster ? "" : "namespaces/default/"}${plural}`;
};
const strict = "?fieldValidation=Strict";

describe("the CRDs on an API server", () => {
  let server: TestApiServer;

  beforeAll(async () => {
    server = await startApiServer();
    for (const text of renderCrds().values()) {
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions${strict}`;
      expect((await server.call("POST", path, parse(text))).status).toBe(201);
    }
    for (const { plural } of resourceKinds) {
      await untilServed(server, plural);
    }
  }, 90_000);

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const create = (kind: string, name: string, spec: object) => {
    const { plural } = resourceKinds.find((resource) => resource.kind === kind) ?? { plural: "" };
    const body = { apiVersion: "strongroom.io/v1alpha1", kind, metadata: { name }, spec };
    return server.call("POST", collection(plural) + strict, body);
  };

  it("are accepted with no condition about their schema", async () => {
    for (const { plural } of resourceKinds) {
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.strongroom.io`;
      const { body } = await server.call("GET", path);
      const types = body.status.conditions.map((condition: { type: string }) => condition.type);
      expect(types).not.toContain("NonStructuralSchema");
    }
  });

  it("fills in the defaults", async () => {
    const { status, body } = await create("SecretVault", "defaults", {});
    expect(status).toBe(201);
    expect(body.spec).toEqual({
      protection: "Software",
      release: "Allowed",
      roleAssignments: [],
      softDelete: { retentionDays: 90, purgeProtection: false },
    });
  });

  it("fills in the defaults of an authority that says nothing, as the vault's own parser does", async () => {
    const { status, body } = await create("AttestationAuthority", "default", {});
    expect(status).toBe(201);
    expect(body.spec).toEqual(attestationAuthoritySpecSchema.parse({}));
  });

  it("takes a key that wraps data keys for attested environments", async () => {
    for (const [name, keyOps] of [
      ["secure", secureOps],
      ["secure-and-wrap", [...secureOps, "wrapKey"]],
    ] as const) {
      expect((await create("VaultKey", name, { ...secureKey, keyOps })).status).toBe(201);
    }
  });

  it("keeps a policy's recursive grammar as it is", async () => {
    const policy = {
      version: "1.0.0",
      anyOf: [{ authority: "https://a", allOf: [{ claim: "c", equals: "v" }] }],
    };
    const spec = { vault: "v", selector: { kinds: ["secrets"], names: ["db-*"] }, policy };
    expect((await create("KeyReleasePolicy", "policy", spec)).body.spec.policy).toEqual(policy);
  });

  it.each(malformedResources)(
    "refuses a malformed %s %s with a clear message: %j",
    async (kind, name, spec, message) => {
      const { status, body } = await create(kind, name, spec);
      expect(status === 400 || status === 422).toBe(true);
      expect(body.message).toContain(message);
    },
  );

  it.each([
    [
      "secretvaults",
      "SecretVault",
      { protection: "HSM" },
      { protection: "Software" },
      "protection cannot be changed",
    ],
    [
      "secretvaults",
      "SecretVault",
      { softDelete: { purgeProtection: true } },
      { softDelete: { purgeProtection: false } },
      "purgeProtection cannot be switched off",
    ],
    ["vaultkeys", "VaultKey", { vault: "v", kty: "EC" }, { kty: "RSA" }, "kty cannot be changed"],
    [
      "vaultkeys",
      "VaultKey",
      { vault: "v", kty: "EC", curve: "P-256" },
      { curve: "P-384" },
      "curve cannot be changed",
    ],
    ["secretvaults", "SecretVault", {}, { recover: "another-vault" }, "recover cannot be changed"],
    [
      "vaultsecrets",
      "VaultSecret",
      { vault: "v", generate: {} },
      { name: "other" },
      "name cannot be changed",
    ],
    [
      "vaultsecrets",
      "VaultSecret",
      { vault: "v", generate: {} },
      { vault: "w" },
      "vault cannot be changed",
    ],
  ])("refuses to change %s what is fixed: %j", async (plural, kind, spec, change, message) => {
    const name = `fixed-${plural.length}-${message.length}`;
    expect((await create(kind, name, spec)).status).toBe(201);
    const path = `${collection(plural)}/${name}`;
    const { status, body } = await server.call("PATCH", path, { spec: change });
    expect(status).toBe(422);
    expect(body.message).toContain(message);
  });
});

async function untilServed(server: TestApiServer, plural: string): Promise<void> {
  while ((await server.call("GET", collection(plural))).status !== 200) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
