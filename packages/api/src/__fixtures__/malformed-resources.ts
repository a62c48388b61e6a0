// SPDX-License-Identifier: Apache-2.0
/** Resources that an API server refuses, each with what it says. */

/** Operations of a key that wraps data keys for attested environments. */
export const secureOps = ["secureWrapKey", "secureUnwrapKey"];
/** Such a key. */
export const secureKey = {
  ...{ vault: "v", kty: "RSA-HSM", keyOps: secureOps },
  releasePolicy: { policy: { version: "1.0.0", anyOf: [] } },
};

/** The rows. */
export const malformedResources: [kind: string, name: string, spec: object, message: string][] = [
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
  ["VaultKey", "bad", { vault: "v", kty: "EC", keySize: 2048 }, "keySize is for keys of type RSA"],
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
];
