// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/keyvault-certificates`. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { CertificateClient, type CertificatePolicy } from "@azure/keyvault-certificates";
import { KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { type OpensslFolder, openssl } from "../../../vault/src/x509/__fixtures__/openssl.ts";
import { type AzureVaults, startAzureVaults } from "./azure-vault.ts";
import { all, describeContract, type MethodContract, refusalOf, watch } from "./contract.ts";

let vaults: AzureVaults;
let folder: OpensslFolder;
beforeAll(async () => {
  vaults = await startAzureVaults({
    protected: { softDelete: { retentionDays: 7, purgeProtection: true } },
  });
  folder = await openssl();
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await vaults[Symbol.asyncDispose]();
});

const clientOf = (subject: string, vault?: string) => {
  const { url, credential, options } = vaults.argumentsOf(subject, vault);
  return watch(new CertificateClient(url, credential, options));
};
const officer = () => clientOf("officer");
const nobody = () => clientOf("nobody");
const keys = () => {
  const { url, credential, options } = vaults.argumentsOf("officer");
  return new KeyClient(url, credential, options);
};
const secrets = () => {
  const { url, credential, options } = vaults.argumentsOf("officer");
  return new SecretClient(url, credential, options);
};
const poll = { intervalInMs: 50 };
const self: CertificatePolicy = {
  ...{ issuerName: "Self", subject: "CN=a.example", keyType: "EC", keyCurveName: "P-256" },
  subjectAlternativeNames: { dnsNames: ["a.example"] },
};
const unknown: CertificatePolicy = { ...self, issuerName: "Unknown" };
const forbidden = "403 Forbidden";
const notFound = "404 CertificateNotFound";

async function make(name: string, policy: CertificatePolicy = self, options: object = {}) {
  const poller = await officer().beginCreateCertificate(name, policy, { ...poll, ...options });
  return await poller.pollUntilDone();
}

/** Begins a certificate of an authority outside; its request. */
async function request(name: string, policy = unknown): Promise<Uint8Array> {
  const poller = await officer().beginCreateCertificate(name, policy, poll);
  expect(poller.isDone()).toBe(false);
  const begun = await officer().getCertificateOperation(name);
  return begun.getOperationState().certificateOperation?.csr ?? new Uint8Array();
}

/** What an authority outside answers to a request: a certificate, and its own. */
async function sign(csr: Uint8Array): Promise<Uint8Array[]> {
  await folder.write("csr.der", csr);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await folder.run(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=ca",
  );
  await folder.run("req", "-inform", "DER", "-in", "csr.der", "-out", "csr.pem", "-verify");
  const ca = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy"];
  await folder.run("x509", "-req", "-in", "csr.pem", ...ca, "-out", "leaf.pem");
  return await Promise.all(
    ["leaf", "ca"].map(async (name) => {
      await folder.run("x509", "-in", `${name}.pem`, "-outform", "DER", "-out", `${name}.der`);
      return await folder.read(`${name}.der`);
    }),
  );
}

async function deleteCertificate(name: string, vault?: string) {
  const poller = await clientOf("officer", vault).beginDeleteCertificate(name, poll);
  return await poller.pollUntilDone();
}

/** A PFX file of a fresh certificate. */
async function pfx(password: string): Promise<Uint8Array> {
  const args = [
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    "/CN=imported.example/O=x",
    "-days",
    "90",
  ];
  await folder.run("req", "-x509", ...args, "-keyout", "i.key", "-out", "i.pem");
  await folder.run(
    "pkcs12",
    "-export",
    "-in",
    "i.pem",
    "-inkey",
    "i.key",
    "-passout",
    `pass:${password}`,
    "-out",
    "i.pfx",
  );
  return await folder.read("i.pfx");
}

const methods: Record<string, MethodContract> = {
  beginCreateCertificate: {
    success: {
      name: "makes certificate, key and secret of one version",
      run: async () => {
        const made = await make("create", self, { tags: { a: "b" } });
        const parsed = new X509Certificate(made.cer ?? new Uint8Array());
        expect([parsed.subject, parsed.subjectAltName]).toEqual(["CN=a.example", "DNS:a.example"]);
        const { version } = made.properties;
        expect(made.keyId).toMatch(new RegExp(`/keys/create/${version}$`));
        expect(made.secretId).toMatch(new RegExp(`/secrets/create/${version}$`));
        expect(made.properties).toMatchObject({
          ...{ enabled: true, tags: { a: "b" }, expiresOn: new Date(parsed.validTo) },
          x509ThumbprintString: parsed.fingerprint.replaceAll(":", "").toLowerCase(),
        });
        expect(made.policy).toMatchObject({ ...self, contentType: "application/x-pkcs12" });
        const secret = await secrets().getSecret("create");
        expect(secret.properties).toMatchObject({
          version,
          managed: true,
          contentType: "application/x-pkcs12",
        });
        await folder.write("made.pfx", Buffer.from(secret.value ?? "", "base64"));
        const opened = await folder.run("pkcs12", "-in", "made.pfx", "-passin", "pass:", "-nodes");
        expect(new X509Certificate(opened).checkPrivateKey(privateKeyOf(opened))).toBe(true);
      },
    },
    refusal: {
      name: "is refused for a bad policy, no role, an unknown issuer's name, and names in use",
      run: async () => {
        const bad = "400 BadParameter";
        expect(await refusalOf(() => make("bad", { ...self, subject: "a" }))).toBe(bad);
        expect(await refusalOf(() => make("bad", { ...self, issuerName: "nobody" }))).toBe(bad);
        expect(
          await refusalOf(() => make("bad", { ...self, keyType: "EC-HSM", exportable: true })),
        ).toBe(bad);
        expect(await refusalOf(() => nobody().beginCreateCertificate("x", self, poll))).toBe(
          forbidden,
        );
        await secrets().setSecret("somebodys", "x");
        expect(await refusalOf(() => make("somebodys"))).toBe("409 Conflict");
        await make("gone");
        await deleteCertificate("gone");
        expect(await refusalOf(() => make("GONE"))).toBe("409 Conflict");
      },
    },
  },
  getCertificate: {
    success: {
      name: "answers the current version with its policy",
      run: async () => {
        await make("get");
        const second = await make("get");
        const got = await officer().getCertificate("GET");
        expect(got.properties.version).toBe(second.properties.version);
        expect(got.policy).toMatchObject(self);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getCertificate("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().getCertificate("get"))).toBe(forbidden);
      },
    },
  },
  getCertificateVersion: {
    success: {
      name: "answers an old version",
      run: async () => {
        const first = await make("old");
        await make("old");
        const got = await officer().getCertificateVersion("old", first.properties.version ?? "");
        expect(got.cer).toEqual(first.cer);
      },
    },
    refusal: {
      name: "is refused for a version that is not there",
      run: async () => {
        await make("one");
        expect(await refusalOf(() => officer().getCertificateVersion("one", "0".repeat(32)))).toBe(
          notFound,
        );
      },
    },
  },
  importCertificate: {
    success: {
      name: "takes PFX and PEM in, and says what they are",
      run: async () => {
        const bytes = await pfx("pässword");
        const imported = await officer().importCertificate("import", bytes, {
          password: "pässword",
        });
        expect(imported.policy).toMatchObject({
          ...{ subject: "O=x, CN=imported.example", keyType: "RSA", keySize: 2048 },
          ...{ issuerName: "Unknown", validityInMonths: 3, contentType: "application/x-pkcs12" },
        });
        const both = Buffer.concat([await folder.read("i.key"), await folder.read("i.pem")]);
        const contentType = "application/x-pem-file";
        const pem = await officer().importCertificate("import-pem", both, {
          policy: { contentType, issuerName: "Self", subject: "CN=x", exportable: true },
        });
        expect(pem.cer).toEqual(imported.cer);
        const secret = await secrets().getSecret("import-pem");
        expect(secret.properties.contentType).toBe(contentType);
        expect(
          new X509Certificate(secret.value ?? "").checkPrivateKey(privateKeyOf(secret.value ?? "")),
        ).toBe(true);
      },
    },
    refusal: {
      name: "is refused for a wrong password, what is no bundle, and no role",
      run: async () => {
        const bytes = await pfx("right");
        const bad = "400 BadParameter";
        expect(
          await refusalOf(() => officer().importCertificate("no", bytes, { password: "wrong" })),
        ).toBe(bad);
        expect(
          await refusalOf(() => officer().importCertificate("no", Buffer.from("nothing"))),
        ).toBe(bad);
        expect(
          await refusalOf(() => nobody().importCertificate("no", bytes, { password: "right" })),
        ).toBe(forbidden);
        expect(await refusalOf(() => officer().getCertificate("no"))).toBe(notFound);
      },
    },
  },
  mergeCertificate: {
    success: {
      name: "completes a pending certificate with what an authority outside issued",
      run: async () => {
        const chain = await sign(await request("merge"));
        const merged = await officer().mergeCertificate("merge", chain);
        expect(Buffer.from(merged.cer ?? [])).toEqual(Buffer.from(chain[0] ?? []));
        const operation = await officer().getCertificateOperation("merge");
        expect(operation.getOperationState().certificateOperation?.status).toBe("completed");
        const secret = await secrets().getSecret("merge");
        await folder.write("merged.pfx", Buffer.from(secret.value ?? "", "base64"));
        const opened = await folder.run(
          "pkcs12",
          "-in",
          "merged.pfx",
          "-passin",
          "pass:",
          "-nodes",
        );
        expect(opened.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
        expect(new X509Certificate(opened).checkPrivateKey(privateKeyOf(opened))).toBe(true);
      },
    },
    refusal: {
      name: "is refused for another key's certificate, where nothing is pending, and no role",
      run: async () => {
        await request("merge-no");
        const other = await sign(await request("merge-other"));
        expect(await refusalOf(() => officer().mergeCertificate("merge-no", other))).toBe(
          "400 BadParameter",
        );
        await make("merge-done");
        expect(await refusalOf(() => officer().mergeCertificate("merge-done", other))).toBe(
          "409 Conflict",
        );
        expect(await refusalOf(() => nobody().mergeCertificate("merge-no", other))).toBe(forbidden);
      },
    },
  },
  getCertificateOperation: {
    success: {
      name: "answers a request that openssl verifies, while the certificate is disabled",
      run: async () => {
        await request("pending");
        const poller = await officer().getCertificateOperation("pending");
        const operation = poller.getOperationState().certificateOperation;
        expect(operation).toMatchObject({ status: "inProgress", issuerName: "Unknown" });
        await folder.write("pending.der", operation?.csr ?? new Uint8Array());
        const shown = await folder.run(
          "req",
          "-inform",
          "DER",
          "-in",
          "pending.der",
          "-noout",
          "-verify",
        );
        expect(shown).toContain("verify OK");
        const certificate = await officer().getCertificate("pending");
        expect([certificate.cer, certificate.properties.enabled]).toEqual([undefined, false]);
      },
    },
    refusal: {
      name: "is refused where there is none, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getCertificateOperation("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().getCertificateOperation("pending"))).toBe(forbidden);
      },
    },
  },
  deleteCertificateOperation: {
    success: {
      name: "forgets the operation, so that another can begin",
      run: async () => {
        await request("forget");
        const deleted = await officer().deleteCertificateOperation("forget");
        expect(deleted.issuerName).toBe("Unknown");
        expect(await refusalOf(() => officer().deleteCertificateOperation("forget"))).toMatch(
          /^404 /,
        );
        expect((await make("forget")).properties.enabled).toBe(true);
      },
    },
    refusal: {
      name: "is refused where there is none, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().deleteCertificateOperation("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().deleteCertificateOperation("pending"))).toBe(
          forbidden,
        );
      },
    },
  },
  getCertificatePolicy: {
    success: {
      name: "answers the whole policy",
      run: async () => {
        await make("policy");
        expect(await officer().getCertificatePolicy("policy")).toMatchObject({
          ...self,
          ...{
            validityInMonths: 12,
            keyUsage: ["digitalSignature"],
            reuseKey: false,
            exportable: true,
          },
          lifetimeActions: [{ action: "AutoRenew", lifetimePercentage: 80 }],
        });
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getCertificatePolicy("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().getCertificatePolicy("policy"))).toBe(forbidden);
      },
    },
  },
  updateCertificatePolicy: {
    success: {
      name: "changes how the next version is made, and leaves the current one alone",
      run: async () => {
        const before = await make("change");
        await officer().updateCertificatePolicy("change", {
          ...{ issuerName: "Self", subject: "CN=b.example", validityInMonths: 6 },
        });
        // What the client answers of it is always empty.
        const changed = await officer().getCertificatePolicy("change");
        expect(changed).toMatchObject({
          subject: "CN=b.example",
          validityInMonths: 6,
          keyCurveName: "P-256",
        });
        const now = await officer().getCertificate("change");
        expect([now.cer, now.policy?.subject]).toEqual([before.cer, "CN=b.example"]);
      },
    },
    refusal: {
      name: "is refused for members that do not go together, and no role",
      run: async () => {
        await make("change-no");
        const long: CertificatePolicy = {
          ...{ issuerName: "Self", subject: "CN=x", validityInMonths: 1 },
          lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 28 }],
        };
        expect(await refusalOf(() => officer().updateCertificatePolicy("change-no", long))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().updateCertificatePolicy("change-no", self))).toBe(
          forbidden,
        );
      },
    },
  },
  updateCertificateProperties: {
    success: {
      name: "disables key and secret with the certificate",
      run: async () => {
        const { properties } = await make("disable");
        const version = properties.version ?? "";
        const updated = await officer().updateCertificateProperties("disable", version, {
          ...{ enabled: false, tags: { x: "y" } },
        });
        expect(updated.properties).toMatchObject({ enabled: false, tags: { x: "y" } });
        expect(await refusalOf(() => secrets().getSecret("disable"))).toBe(forbidden);
        expect((await keys().getKey("disable")).properties.enabled).toBe(false);
        await officer().updateCertificateProperties("disable", version, { enabled: true });
        expect((await secrets().getSecret("disable")).properties.tags).toEqual({ x: "y" });
      },
    },
    refusal: {
      name: "is refused for what is not there, what is pending, and no role",
      run: async () => {
        const change = { enabled: true };
        const version = "0".repeat(32);
        expect(
          await refusalOf(() => officer().updateCertificateProperties("never", version, change)),
        ).toBe(notFound);
        await request("update-pending");
        expect(
          await refusalOf(() =>
            officer().updateCertificateProperties("update-pending", "", change),
          ),
        ).toBe("409 Conflict");
        expect(
          await refusalOf(() => nobody().updateCertificateProperties("disable", "", change)),
        ).toBe(forbidden);
      },
    },
  },
  listPropertiesOfCertificates: {
    success: {
      name: "yields each certificate once, and pending ones where asked for",
      run: async () => {
        await make("list-a");
        await request("list-pending");
        const names = async (includePending: boolean) =>
          (await all(officer().listPropertiesOfCertificates({ includePending }))).map(
            ({ name }) => name,
          );
        const [without, withPending] = [await names(false), await names(true)];
        expect(without).toContain("list-a");
        expect(without).not.toContain("list-pending");
        expect(withPending).toContain("list-pending");
        expect(new Set(withPending).size).toBe(withPending.length);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listPropertiesOfCertificates()))).toBe(forbidden);
      },
    },
  },
  listPropertiesOfCertificateVersions: {
    success: {
      name: "yields every version",
      run: async () => {
        const versions = [await make("versions"), await make("versions")].map(
          ({ properties }) => properties.version,
        );
        const listed = await all(officer().listPropertiesOfCertificateVersions("versions"));
        expect(listed.map(({ version }) => version).sort()).toEqual(versions.sort());
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(
          await refusalOf(() => all(officer().listPropertiesOfCertificateVersions("never"))),
        ).toBe(notFound);
        expect(
          await refusalOf(() => all(nobody().listPropertiesOfCertificateVersions("versions"))),
        ).toBe(forbidden);
      },
    },
  },
  beginDeleteCertificate: {
    success: {
      name: "takes key and secret along",
      run: async () => {
        await make("delete");
        const deleted = await deleteCertificate("delete");
        expect(deleted.recoveryId).toMatch(/\/deletedcertificates\/delete$/);
        expect(await refusalOf(() => secrets().getSecret("delete"))).toBe("404 SecretNotFound");
        expect(await refusalOf(() => keys().getKey("delete"))).toBe("404 KeyNotFound");
      },
    },
    refusal: {
      name: "is refused for what is not there, no role, and by way of the key or secret",
      run: async () => {
        expect(await refusalOf(() => officer().beginDeleteCertificate("never", poll))).toBe(
          notFound,
        );
        await make("delete-no");
        expect(await refusalOf(() => nobody().beginDeleteCertificate("delete-no", poll))).toBe(
          forbidden,
        );
        expect(await refusalOf(() => secrets().beginDeleteSecret("delete-no"))).toBe(forbidden);
        expect(await refusalOf(() => secrets().setSecret("delete-no", "x"))).toBe(forbidden);
        expect(await refusalOf(() => keys().beginDeleteKey("delete-no"))).toBe(forbidden);
      },
    },
  },
  getDeletedCertificate: {
    success: {
      name: "answers what is known of it",
      run: async () => {
        const made = await make("deleted");
        await deleteCertificate("deleted");
        const deleted = await officer().getDeletedCertificate("deleted");
        expect([deleted.cer, deleted.policy]).toEqual([made.cer, made.policy]);
        expect(deleted.deletedOn).toBeInstanceOf(Date);
      },
    },
    refusal: {
      name: "is refused for one that is not deleted, and no role",
      run: async () => {
        await make("alive");
        expect(await refusalOf(() => officer().getDeletedCertificate("alive"))).toBe(notFound);
        expect(await refusalOf(() => nobody().getDeletedCertificate("deleted"))).toBe(forbidden);
      },
    },
  },
  listDeletedCertificates: {
    success: {
      name: "yields deleted ones alone",
      run: async () => {
        await make("list-deleted");
        await make("list-alive");
        await deleteCertificate("list-deleted");
        const names = (await all(officer().listDeletedCertificates())).map(({ name }) => name);
        expect(names).toContain("list-deleted");
        expect(names).not.toContain("list-alive");
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listDeletedCertificates()))).toBe(forbidden);
      },
    },
  },
  beginRecoverDeletedCertificate: {
    success: {
      name: "gives all three back",
      run: async () => {
        const made = await make("recover");
        const value = (await secrets().getSecret("recover")).value;
        await deleteCertificate("recover");
        const poller = await officer().beginRecoverDeletedCertificate("recover", poll);
        const recovered = await poller.pollUntilDone();
        expect(recovered.cer).toEqual(made.cer);
        expect((await secrets().getSecret("recover")).value).toBe(value);
        expect((await keys().getKey("recover")).properties.version).toBe(made.properties.version);
      },
    },
    refusal: {
      name: "is refused for one that is not deleted, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().beginRecoverDeletedCertificate("never", poll))).toBe(
          notFound,
        );
        await make("recover-no");
        await deleteCertificate("recover-no");
        expect(
          await refusalOf(() => nobody().beginRecoverDeletedCertificate("recover-no", poll)),
        ).toBe(forbidden);
      },
    },
  },
  purgeDeletedCertificate: {
    success: {
      name: "ends all three for good and frees the name",
      run: async () => {
        await make("purge");
        await deleteCertificate("purge");
        await officer().purgeDeletedCertificate("purge");
        expect(await refusalOf(() => officer().getDeletedCertificate("purge"))).toBe(notFound);
        expect(await refusalOf(() => secrets().getDeletedSecret("purge"))).toBe(
          "404 SecretNotFound",
        );
        await secrets().setSecret("purge", "free");
      },
    },
    refusal: {
      name: "is refused where purge protection is on, for one that is not deleted, and no role",
      run: async () => {
        const poller = await clientOf("officer", "protected").beginCreateCertificate(
          "kept",
          self,
          poll,
        );
        await poller.pollUntilDone();
        await deleteCertificate("kept", "protected");
        expect(
          await refusalOf(() => clientOf("officer", "protected").purgeDeletedCertificate("kept")),
        ).toBe(forbidden);
        expect(await refusalOf(() => officer().purgeDeletedCertificate("alive"))).toBe(notFound);
        expect(await refusalOf(() => nobody().purgeDeletedCertificate("recover-no"))).toBe(
          forbidden,
        );
      },
    },
  },
  backupCertificate: {
    success: {
      name: "answers bytes in which nothing can be read",
      run: async () => {
        const made = await make("backup");
        const backup = Buffer.from((await officer().backupCertificate("backup")) ?? []);
        expect(backup.includes(Buffer.from(made.cer ?? []).subarray(40, 80))).toBe(false);
        expect(backup.includes("a.example")).toBe(false);
      },
    },
    refusal: {
      name: "is refused for what is not there, no role, and by way of the secret",
      run: async () => {
        expect(await refusalOf(() => officer().backupCertificate("never"))).toBe(notFound);
        expect(await refusalOf(() => nobody().backupCertificate("backup"))).toBe(forbidden);
        expect(await refusalOf(() => secrets().backupSecret("backup"))).toBe(forbidden);
      },
    },
  },
  restoreCertificateBackup: {
    success: {
      name: "gives certificate, key, secret and policy back under their versions",
      run: async () => {
        const made = await make("restore", self, { tags: { a: "b" } });
        const value = (await secrets().getSecret("restore")).value;
        const backup = (await officer().backupCertificate("restore")) ?? new Uint8Array();
        await deleteCertificate("restore");
        await officer().purgeDeletedCertificate("restore");
        const restored = await officer().restoreCertificateBackup(backup);
        expect([restored.cer, restored.properties.version]).toEqual([
          ...[made.cer, made.properties.version],
        ]);
        const got = await officer().getCertificate("restore");
        expect([got.policy, got.properties.tags]).toEqual([made.policy, { a: "b" }]);
        expect((await secrets().getSecret("restore")).value).toBe(value);
        expect((await keys().getKey("restore")).properties.managed).toBe(true);
      },
    },
    refusal: {
      name: "is refused where the name is taken, for other bytes, for a secret's, and no role",
      run: async () => {
        await make("restore-no");
        const backup = (await officer().backupCertificate("restore-no")) ?? new Uint8Array();
        expect(await refusalOf(() => officer().restoreCertificateBackup(backup))).toBe(
          "409 Conflict",
        );
        const changed = backup.map((byte, index) => (index === 400 ? byte ^ 1 : byte));
        const bad = "400 BadParameter";
        expect(await refusalOf(() => officer().restoreCertificateBackup(changed))).toBe(bad);
        await secrets().setSecret("a-secret", "x");
        const other = (await secrets().backupSecret("a-secret")) ?? new Uint8Array();
        expect(await refusalOf(() => officer().restoreCertificateBackup(other))).toBe(bad);
        expect(await refusalOf(() => secrets().restoreSecretBackup(backup))).toBe(bad);
        expect(await refusalOf(() => nobody().restoreCertificateBackup(backup))).toBe(forbidden);
      },
    },
  },
  setContacts: {
    success: {
      name: "sets the contacts of the vault",
      run: async () => {
        const contacts = [{ email: "a@b.example", name: "A", phone: "1" }];
        expect(await officer().setContacts(contacts)).toEqual(contacts);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => nobody().setContacts([{ email: "a@b.example" }]))).toBe(
          forbidden,
        );
      },
    },
  },
  getContacts: {
    success: {
      name: "answers them",
      run: async () => {
        await officer().setContacts([{ email: "c@d.example" }]);
        expect(await officer().getContacts()).toEqual([{ email: "c@d.example" }]);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => nobody().getContacts())).toBe(forbidden);
      },
    },
  },
  deleteContacts: {
    success: {
      name: "takes them away",
      run: async () => {
        await officer().setContacts([{ email: "c@d.example" }]);
        await officer().deleteContacts();
        expect(await refusalOf(() => officer().getContacts())).toBe("404 NotFound");
      },
    },
    refusal: {
      name: "is refused where there are none, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().deleteContacts())).toBe("404 NotFound");
        expect(await refusalOf(() => nobody().deleteContacts())).toBe(forbidden);
      },
    },
  },
  createIssuer: {
    success: {
      name: "keeps who issues, without the account's password",
      run: async () => {
        const issuer = await officer().createIssuer("digicert", "DigiCert", {
          ...{ accountId: "account", password: "hidden", organizationId: "org" },
          administratorContacts: [
            { firstName: "A", lastName: "B", email: "a@b.example", phone: "1" },
          ],
        });
        expect(issuer).toMatchObject({
          ...{
            id: expect.stringMatching(/\/issuers\/digicert$/),
            provider: "DigiCert",
            accountId: "account",
            enabled: true,
            organizationId: "org",
          },
          administratorContacts: [
            { firstName: "A", lastName: "B", email: "a@b.example", phone: "1" },
          ],
        });
        expect(issuer.password).toBeUndefined();
      },
    },
    refusal: {
      name: "is refused for a bad name and no role; a provider that cannot be ordered from issues nothing",
      run: async () => {
        expect(await refusalOf(() => officer().createIssuer("a_b", "DigiCert"))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().createIssuer("x", "DigiCert"))).toBe(forbidden);
        await officer().createIssuer("globalsign", "GlobalSign");
        expect(await refusalOf(() => make("ordered", { ...self, issuerName: "globalsign" }))).toBe(
          "400 BadParameter",
        );
      },
    },
  },
  updateIssuer: {
    success: {
      name: "changes what is said, and keeps the rest",
      run: async () => {
        await officer().createIssuer("update", "Strongroom", { accountId: "one" });
        // The client has no way to disable one: it leaves a false out.
        const updated = await officer().updateIssuer("update", { provider: "DigiCert" });
        expect(updated).toMatchObject({ enabled: true, accountId: "one", provider: "DigiCert" });
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().updateIssuer("never", { enabled: false }))).toBe(
          "404 NotFound",
        );
        expect(await refusalOf(() => nobody().updateIssuer("update", { enabled: true }))).toBe(
          forbidden,
        );
      },
    },
  },
  getIssuer: {
    success: {
      name: "answers it by any spelling",
      run: async () => {
        await officer().createIssuer("Spelt", "Strongroom");
        expect(await officer().getIssuer("sPELT")).toMatchObject({
          id: expect.stringMatching(/\/Spelt$/),
        });
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getIssuer("never"))).toBe("404 NotFound");
        expect(await refusalOf(() => nobody().getIssuer("spelt"))).toBe(forbidden);
      },
    },
  },
  listPropertiesOfIssuers: {
    success: {
      name: "yields all of them",
      run: async () => {
        await officer().createIssuer("listed", "Strongroom");
        const listed = await all(officer().listPropertiesOfIssuers());
        expect(listed).toContainEqual(
          expect.objectContaining({
            ...{ id: expect.stringMatching(/\/issuers\/listed$/), provider: "Strongroom" },
          }),
        );
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listPropertiesOfIssuers()))).toBe(forbidden);
      },
    },
  },
  deleteIssuer: {
    success: {
      name: "takes it away",
      run: async () => {
        await officer().createIssuer("delete", "Strongroom");
        await officer().deleteIssuer("delete");
        expect(await refusalOf(() => officer().getIssuer("delete"))).toBe("404 NotFound");
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().deleteIssuer("never"))).toBe("404 NotFound");
        await officer().createIssuer("delete-no", "Strongroom");
        expect(await refusalOf(() => nobody().deleteIssuer("delete-no"))).toBe(forbidden);
      },
    },
  },
};

/** The first private key of a PEM text. */
function privateKeyOf(pem: string) {
  return createPrivateKey(
    /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(pem)?.[0] ?? "",
  );
}

describeContract({ client: CertificateClient, methods });
