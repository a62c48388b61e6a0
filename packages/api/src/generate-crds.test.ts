// SPDX-License-Identifier: Apache-2.0
/** The generated CustomResourceDefinitions, as text and on a real API server. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startApiServer, type TestApiServer } from "@strongroom/testing";
import { parse } from "yaml";
import { unboundedNodes, untypedNodes } from "./__fixtures__/schema-nodes.ts";
import { renderCrds } from "./generate-crds.ts";
import { renderReference } from "./generate-reference.ts";
import { attestationAuthoritySpecSchema } from "./resources/attestation/attestation-authority.ts";
import { resourceKinds } from "./resources/resource.ts";

const collection = (plural: string) => {
  const isCluster = resourceKinds.some((kind) => kind.plural === plural && "scope" in kind);
  return `/apis/strongroom.io/v1alpha1/${isCluster ? "" : "namespaces/default/"}${plural}`;
};
const strict = "?fieldValidation=Strict";
const forbiddenKeywords = /^\s*(\$ref|\$schema|oneOf|anyOf|allOf|additionalProperties: false)\b/m;

const secureOps = ["secureWrapKey", "secureUnwrapKey"];
const secureKey = {
  ...{ vault: "v", kty: "RSA-HSM", keyOps: secureOps },
  releasePolicy: { policy: { version: "1.0.0", anyOf: [] } },
};

describe("renderCrds", () => {
  it("is structural: no references, no alternatives, one type for each node", () => {
    for (const text of renderCrds().values()) {
      expect(text.match(forbiddenKeywords)).toBeNull();
      const crd = parse(text);
      expect(untypedNodes(crd.spec.versions[0].schema.openAPIV3Schema, "")).toEqual([]);
    }
  });

  it("means the same in YAML 1.1, which Kubernetes reads, as in YAML 1.2", () => {
    for (const text of renderCrds().values()) {
      expect(parse(text, { version: "1.1" })).toEqual(parse(text, { version: "1.2" }));
    }
  });

  it("bounds every list and every map that a user can write", () => {
    for (const text of renderCrds().values()) {
      const { spec } = parse(text).spec.versions[0].schema.openAPIV3Schema.properties;
      expect(unboundedNodes(spec, "spec")).toEqual([]);
    }
  });

  it("makes the same text each time", () => {
    expect([...renderCrds()]).toEqual([...renderCrds()]);
    expect(renderReference()).toBe(renderReference());
  });

  it("documents every field", () => {
    const reference = renderReference();
    expect(reference).toContain("`spec.roleAssignments[].principals[].serviceAccount.name`");
    expect(reference).toContain("protection cannot be changed");
  });
});

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

  it.each([
    ["SecretVault", "kubernetes", {}, "this name is reserved, choose another one"],
    ["SecretVault", "with.dot", {}, "the vault's name becomes a host name"],
    ["SecretVault", "bad", { protection: "Tpm" }, 'supported values: "Software", "HSM"'],
    [
      "SecretVault",
      "bad",
      { softDelete: { retentionDays: 3 } },
      "should be greater than or equal to 7",
    ],
    ["SecretVault", "bad", { unknown: 1 }, 'unknown field "spec.unknown"'],
    [
      "SecretVault",
      "bad",
      { roleAssignments: [{ role: "Key Vault Secrets User", principals: [{}] }] },
      "exactly one of serviceAccount, oidc must be set",
    ],
    ["VaultSecret", "with.dot", { vault: "v", generate: {} }, "set spec.name"],
    ["VaultSecret", "bad", { vault: "v" }, "exactly one of generate, sealed must be set"],
    [
      "VaultKey",
      "bad",
      { vault: "v", kty: "EC", keySize: 2048 },
      "keySize is for keys of type RSA",
    ],
    ["VaultKey", "bad", { vault: "v", kty: "oct", curve: "P-256" }, "curve is for keys of type EC"],
    ["VaultKey", "bad", { vault: "v", kty: "EC", exportable: true }, "an exportable key has a"],
    ["VaultKey", "bad", { vault: "v", kty: "DSA" }, "supported values"],
    ["VaultKey", "bad", { ...secureKey, releasePolicy: undefined }, "has a releasePolicy"],
    ["VaultKey", "bad", { ...secureKey, exportable: true }, "stand together"],
    ["VaultKey", "bad", { ...secureKey, keyOps: ["secureUnwrapKey"] }, "stand together"],
    ["VaultKey", "bad", { ...secureKey, keyOps: [...secureOps, "unwrapKey"] }, "stand together"],
    [
      "VaultCertificate",
      "bad",
      { vault: "v", policy: { x509Properties: { validityMonths: 0 }, issuer: { name: "Self" } } },
      "should be greater than or equal to 1",
    ],
    ["AttestationAuthority", "another", {}, "an installation has one authority"],
    ["AttestationAuthority", "default", { kinds: ["Sgx"] }, "supported values"],
    [
      "AttestationAuthority",
      "default",
      {
        externalIssuers: [
          {
            issuer: "https://maa.example",
            kind: "MAA",
            algorithms: ["RS256"],
            jwks: "{}",
            ca: "x",
          },
        ],
      },
      "exactly one of jwks, ca must be set",
    ],
    [
      "KeyReleasePolicy",
      "bad",
      { vault: "V", selector: {}, policy: {} },
      "spec.vault in body should match",
    ],
  ])("refuses a malformed %s %s with a clear message: %j", async (kind, name, spec, message) => {
    const { status, body } = await create(kind, name, spec);
    expect(status === 400 || status === 422).toBe(true);
    expect(body.message).toContain(message);
  });

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
