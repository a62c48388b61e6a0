// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/keyvault-keys`' KeyClient. */

import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { KeyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { decodeJwt } from "jose";
import { type AttestationIssuer, makeAttestationIssuer } from "../fixtures/attestation-issuer.ts";
import { type AzureVaults, startAzureVaults } from "./azure-vault.ts";
import { all, describeContract, type MethodContract, refusalOf } from "./contract.ts";
import { importable, policyData, releasePolicyFor } from "./importable-keys.ts";
import { keyClients, poll } from "./key-clients.ts";

let vaults: AzureVaults;
let maa: AttestationIssuer;
beforeAll(async () => {
  maa = await makeAttestationIssuer();
  vaults = await startAzureVaults(
    {
      protected: { softDelete: { retentionDays: 7, purgeProtection: true } },
      other: {},
    },
    { externalIssuers: [maa.configuration()] },
  );
});
afterAll(async () => {
  await vaults[Symbol.asyncDispose]();
});

const { keys, cryptography, remove } = keyClients(() => vaults);
const officer = (vault?: string) => keys("officer", vault);
const nobody = () => keys("nobody");
const digest = createHash("sha256").update("message").digest();

/** As much of an envelope as is looked at here; the rest is looked at where keys are released one by one. */
interface Envelope {
  readonly request: object;
  readonly response: { readonly key: { readonly key: { readonly key_hsm: string } } };
}

/** A fresh key of three versions. */
async function makeVersions(name: string): Promise<string[]> {
  const versions: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    versions.push((await officer().createEcKey(name)).properties.version ?? "");
  }
  return versions;
}

/** Whether the key's private half, in the vault, and the public one that it shows belong together. */
async function signs(key: KeyVaultKey, algorithm: "ES256" | "RS256"): Promise<boolean> {
  const { result } = await cryptography("officer", key).sign(algorithm, digest);
  const encode = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("base64url");
  const { n, e, x, y } = key.key ?? {};
  const jwk =
    algorithm === "ES256"
      ? { kty: "EC", crv: "P-256", x: encode(x), y: encode(y) }
      : { kty: "RSA", n: encode(n), e: encode(e) };
  const publicKey = createPublicKey({ key: jwk, format: "jwk" });
  return verify(
    "sha256",
    Buffer.from("message"),
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    result,
  );
}

const methods: Record<string, MethodContract> = {
  createKey: {
    success: {
      name: "makes keys of every type, and says of them what is public",
      run: async () => {
        const at = new Date("2031-05-06T07:08:09Z");
        const made = await officer().createKey("create", "RSA", {
          ...{ tags: { a: "b" }, notBefore: new Date(1_000), expiresOn: at, enabled: true },
          keyOps: ["sign", "verify"],
        });
        expect(made).toMatchObject({
          ...{ name: "create", keyType: "RSA", keyOperations: ["sign", "verify"] },
          properties: { tags: { a: "b" }, expiresOn: at, recoverableDays: 90, hsmPlatform: "0" },
        });
        expect([made.key?.n?.length, made.key?.d]).toEqual([256, undefined]);
        for (const type of ["EC-HSM", "RSA-HSM", "oct-HSM", "EC", "oct"]) {
          expect((await officer().createKey(`create-${type}`, type)).keyType).toBe(type);
        }
      },
    },
    refusal: {
      name: "is refused for sizes, operations and types that are not there, and no role",
      run: async () => {
        const refused = (type: string, options: object) =>
          refusalOf(() => officer().createKey("bad", type, options));
        expect(await refused("RSA", { keySize: 1024 })).toBe("400 BadParameter");
        expect(await refused("RSA-HSM", { keySize: 8192 })).toBe("400 BadParameter");
        expect(await refused("EC", { curve: "P-192" })).toBe("400 BadParameter");
        expect(await refused("EC", { keyOps: ["encrypt"] })).toBe("400 BadParameter");
        expect(await refused("RSA", { keyOps: ["import"] })).toBe("400 BadParameter");
        expect(await refused("AKP-HSM", {})).toBe("400 BadParameter");
        expect(await refused("EC", { exportable: true })).toBe("400 BadParameter");
        expect(await refusalOf(() => nobody().createKey("create", "EC"))).toBe("403 Forbidden");
        expect(await refusalOf(() => officer().getKey("bad"))).toBe("404 KeyNotFound");
      },
    },
  },
  createEcKey: {
    success: {
      name: "makes a key on each curve, in software and in the HSM",
      run: async () => {
        for (const hsm of [false, true]) {
          for (const curve of ["P-256", "P-384", "P-521", "P-256K"]) {
            const made = await officer().createEcKey("ec", { curve, hsm });
            expect([made.key?.crv, made.keyType]).toEqual([curve, hsm ? "EC-HSM" : "EC"]);
          }
          expect(await signs(await officer().createEcKey("ec", { hsm }), "ES256")).toBe(true);
        }
      },
    },
    refusal: {
      name: "is refused for the name of a deleted key",
      run: async () => {
        await officer().createEcKey("taken");
        await remove("taken");
        expect(await refusalOf(() => officer().createEcKey("TAKEN"))).toBe("409 Conflict");
      },
    },
  },
  createRsaKey: {
    success: {
      name: "makes a key of each size, in software and in the HSM",
      run: async () => {
        for (const hsm of [false, true]) {
          for (const keySize of [2048, 3072, 4096]) {
            const made = await officer().createRsaKey("rsa", { keySize, hsm });
            expect([made.key?.n?.length, made.keyType]).toEqual([
              keySize / 8,
              hsm ? "RSA-HSM" : "RSA",
            ]);
          }
          expect(await signs(await officer().createRsaKey("rsa", { hsm }), "RS256")).toBe(true);
        }
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => nobody().createRsaKey("rsa"))).toBe("403 Forbidden");
      },
    },
  },
  createOctKey: {
    success: {
      name: "makes a key of each size and shows nothing of it",
      run: async () => {
        for (const hsm of [false, true]) {
          for (const keySize of [128, 192, 256]) {
            const made = await officer().createOctKey("oct", { keySize, hsm });
            expect([made.keyType, made.key?.k]).toEqual([hsm ? "oct-HSM" : "oct", undefined]);
          }
        }
      },
    },
    refusal: {
      name: "is refused for other sizes",
      run: async () => {
        expect(await refusalOf(() => officer().createOctKey("oct", { keySize: 512 }))).toBe(
          "400 BadParameter",
        );
      },
    },
  },
  importKey: {
    success: {
      name: "takes in keys into software and the HSM, which then are the same keys",
      run: async () => {
        for (const hardwareProtected of [false, true]) {
          for (const [name, { jwk, algorithm }] of Object.entries(importable())) {
            const imported = await officer().importKey(`import-${name}`, jwk, {
              hardwareProtected,
            });
            expect(imported.keyType).toBe(hardwareProtected ? `${jwk.kty}-HSM` : jwk.kty);
            expect(imported.key?.n ?? imported.key?.x).toEqual(jwk.n ?? jwk.x);
            expect(algorithm === undefined || (await signs(imported, algorithm))).toBe(true);
          }
        }
      },
    },
    refusal: {
      name: "is refused for keys whose parts do not belong together, and no role",
      run: async () => {
        const { ec, rsa, oct } = importable();
        const refused = (jwk: object) =>
          refusalOf(() => officer().importKey("import-bad", jwk as never));
        expect(await refused({ ...ec.jwk, d: importable().ec.jwk.d })).toBe("400 BadParameter");
        expect(await refused({ ...rsa.jwk, n: importable().rsa.jwk.n })).toBe("400 BadParameter");
        expect(await refused({ ...rsa.jwk, e: Buffer.from([2]) })).toBe("400 BadParameter");
        expect(await refused({ ...oct.jwk, k: Buffer.alloc(5) })).toBe("400 BadParameter");
        expect(await refusalOf(() => nobody().importKey("import-ec", ec.jwk))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  getKey: {
    success: {
      name: "answers the current version, an old one by its id, and a disabled one",
      run: async () => {
        const [first, , last] = await makeVersions("get");
        expect((await officer().getKey("GET")).properties.version).toBe(last);
        const old = await officer().getKey("get", { version: first ?? "" });
        expect(old.properties.version).toBe(first);
        await officer().updateKeyProperties("get", { enabled: false });
        expect((await officer().getKey("get")).properties.enabled).toBe(false);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getKey("never"))).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().getKey("get"))).toBe("403 Forbidden");
      },
    },
  },
  getKeyAttestation: {
    success: {
      name: "answers a statement about a key in the HSM that the release root stands behind",
      run: async () => {
        const key = await officer().createEcKey("attested", { hsm: true });
        const { attestation } = (await officer().getKeyAttestation("attested")).properties;
        const jws = Buffer.from(attestation?.publicKeyAttestation ?? [])
          .toString()
          .split(".");
        const payload = JSON.parse(Buffer.from(jws[1] ?? "", "base64url").toString());
        expect(payload).toMatchObject({ kid: key.id, type: "ec-p256", exportable: false });
        const pem = Buffer.from(attestation?.certificatePemFile ?? []).toString();
        const signer = createPublicKey(pem);
        const signature = Buffer.from(jws[2] ?? "", "base64url");
        const text = Buffer.from(`${jws[0]}.${jws[1]}`);
        expect(verify("sha256", text, { key: signer, dsaEncoding: "ieee-p1363" }, signature)).toBe(
          true,
        );
      },
    },
    refusal: {
      name: "is refused for a software key, and no role",
      run: async () => {
        await officer().createEcKey("not-attested");
        expect(await refusalOf(() => officer().getKeyAttestation("not-attested"))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().getKeyAttestation("attested"))).toBe("403 Forbidden");
      },
    },
  },
  updateKeyProperties: {
    success: {
      name: "changes what is said of a version, with and without naming it, and leaves the key as it is",
      run: async () => {
        const [first, , last] = await makeVersions("update");
        const expiresOn = new Date("2037-01-01T00:00:00Z");
        const updated = await officer().updateKeyProperties("update", first ?? "", {
          ...{ tags: { x: "y" }, expiresOn, keyOps: ["verify"] },
        });
        expect(updated).toMatchObject({
          ...{
            keyOperations: ["verify"],
            properties: { version: first, tags: { x: "y" }, expiresOn },
          },
        });
        const current = await officer().updateKeyProperties("update", { tags: { z: "1" } });
        expect(current.properties).toMatchObject({ version: last, tags: { z: "1" } });
      },
    },
    refusal: {
      name: "is refused for a version that is not there, a change of exportable, an immutable policy, and no role",
      run: async () => {
        const change = { enabled: false };
        const version = "0".repeat(32);
        expect(
          await refusalOf(() => officer().updateKeyProperties("update", version, change)),
        ).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().updateKeyProperties("update", change))).toBe(
          "403 Forbidden",
        );
        const releasePolicy = { encodedPolicy: policyData("one"), immutable: true };
        await officer().createRsaKey("immutable", { hsm: true, exportable: true, releasePolicy });
        expect(
          await refusalOf(() =>
            officer().updateKeyProperties("immutable", {
              releasePolicy: { encodedPolicy: policyData("two") },
            }),
          ),
        ).toBe("409 Conflict");
        expect((await officer().getKey("immutable")).properties).toMatchObject({
          ...{ exportable: true, releasePolicy: { immutable: true } },
        });
      },
    },
  },
  beginDeleteKey: {
    success: {
      name: "takes the key away with all its versions, and says until when it can be recovered",
      run: async () => {
        const [first] = await makeVersions("delete");
        const poller = await officer().beginDeleteKey("delete", poll);
        const { deletedOn, scheduledPurgeDate } = (await poller.pollUntilDone()).properties;
        const days = ((scheduledPurgeDate?.getTime() ?? 0) - (deletedOn?.getTime() ?? 0)) / 86.4e6;
        expect(days).toBe(90);
        expect(await refusalOf(() => officer().getKey("delete", { version: first ?? "" }))).toBe(
          "404 KeyNotFound",
        );
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role; a deleted key signs nothing",
      run: async () => {
        expect(await refusalOf(() => officer().beginDeleteKey("never", poll))).toBe(
          "404 KeyNotFound",
        );
        expect(await refusalOf(() => nobody().beginDeleteKey("ec", poll))).toBe("403 Forbidden");
        const key = await officer().createEcKey("delete-used", { hsm: true });
        expect(await signs(key, "ES256")).toBe(true);
        await remove("delete-used");
        expect(
          await refusalOf(() => cryptography("officer", key.id ?? "").sign("ES256", digest)),
        ).toBe("404 KeyNotFound");
      },
    },
  },
  getDeletedKey: {
    success: {
      name: "answers what is known of a deleted key",
      run: async () => {
        await officer().createEcKey("get-deleted");
        await remove("get-deleted");
        const deleted = await officer().getDeletedKey("get-deleted");
        expect([deleted.name, deleted.keyType]).toEqual(["get-deleted", "EC"]);
        expect(deleted.properties.recoveryId).toMatch(/\/deletedkeys\/get-deleted$/);
      },
    },
    refusal: {
      name: "is refused for a key that is not deleted, and no role",
      run: async () => {
        await officer().createEcKey("alive");
        expect(await refusalOf(() => officer().getDeletedKey("alive"))).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().getDeletedKey("get-deleted"))).toBe("403 Forbidden");
      },
    },
  },
  listDeletedKeys: {
    success: {
      name: "yields each deleted key once, over more pages than one",
      run: async () => {
        const names = Array.from({ length: 27 }, (_, i) => `gone-${String(i).padStart(2, "0")}`);
        for (const name of names) {
          await officer().createEcKey(name);
          await remove(name);
        }
        const listed = (await all(officer().listDeletedKeys())).map(({ name }) => name);
        expect(listed.filter((name) => name.startsWith("gone-"))).toEqual(names);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listDeletedKeys()))).toBe("403 Forbidden");
      },
    },
  },
  beginRecoverDeletedKey: {
    success: {
      name: "gives a deleted key back, and it signs as before",
      run: async () => {
        const key = await officer().createEcKey("recover", { hsm: true });
        await remove("recover");
        const poller = await officer().beginRecoverDeletedKey("recover", poll);
        expect((await poller.pollUntilDone()).name).toBe("recover");
        expect(await signs(key, "ES256")).toBe(true);
      },
    },
    refusal: {
      name: "is refused for a key that is not deleted, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().beginRecoverDeletedKey("never", poll))).toBe(
          "404 KeyNotFound",
        );
        await officer().createEcKey("recover-me-not");
        await remove("recover-me-not");
        expect(await refusalOf(() => nobody().beginRecoverDeletedKey("recover-me-not", poll))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  purgeDeletedKey: {
    success: {
      name: "ends a deleted key for good and frees its name",
      run: async () => {
        await officer().createEcKey("purge");
        await remove("purge");
        await officer().purgeDeletedKey("purge");
        expect(await refusalOf(() => officer().getDeletedKey("purge"))).toBe("404 KeyNotFound");
        await officer().createRsaKey("Purge");
        expect((await all(officer().listPropertiesOfKeyVersions("purge"))).length).toBe(1);
      },
    },
    refusal: {
      name: "is refused where purge protection is on, for a key that is not deleted, and no role",
      run: async () => {
        await officer("protected").createEcKey("kept");
        await remove("kept", "protected");
        expect(await refusalOf(() => officer("protected").purgeDeletedKey("kept"))).toBe(
          "403 Forbidden",
        );
        await officer().createEcKey("purge-alive");
        expect(await refusalOf(() => officer().purgeDeletedKey("purge-alive"))).toBe(
          "404 KeyNotFound",
        );
        await remove("purge-alive");
        expect(await refusalOf(() => nobody().purgeDeletedKey("purge-alive"))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  listPropertiesOfKeys: {
    success: {
      name: "yields each key once, in pages of the size that is asked for",
      run: async () => {
        await makeVersions("listed");
        const names = (await all(officer().listPropertiesOfKeys())).map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names).toContain("listed");
        const pages = await all(officer().listPropertiesOfKeys().byPage({ maxPageSize: 3 }));
        expect(pages.flat().map(({ name }) => name)).toEqual(names);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => all(nobody().listPropertiesOfKeys()))).toBe("403 Forbidden");
      },
    },
  },
  listPropertiesOfKeyVersions: {
    success: {
      name: "yields every version",
      run: async () => {
        const versions = await makeVersions("versions");
        const listed = await all(officer().listPropertiesOfKeyVersions("versions"));
        expect(listed.map(({ version }) => version)).toEqual(versions.sort());
      },
    },
    refusal: {
      name: "is refused for what is not there",
      run: async () => {
        expect(await refusalOf(() => all(officer().listPropertiesOfKeyVersions("never")))).toBe(
          "404 KeyNotFound",
        );
      },
    },
  },
  backupKey: {
    success: {
      name: "answers bytes that hold nothing in clear",
      run: async () => {
        await officer().createOctKey("backup", { hsm: true });
        const backup = await officer().backupKey("backup");
        expect(Buffer.from(backup ?? []).includes("backup-name")).toBe(false);
        expect(backup?.length).toBeGreaterThan(200);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().backupKey("never"))).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().backupKey("backup"))).toBe("403 Forbidden");
      },
    },
  },
  restoreKeyBackup: {
    success: {
      name: "gives a key back after its purge, and into another vault, in software and in the HSM",
      run: async () => {
        for (const hsm of [false, true]) {
          const name = `restore-${hsm}`;
          const key = await officer().createEcKey(name, { hsm });
          const backup = (await officer().backupKey(name)) ?? new Uint8Array();
          await remove(name);
          await officer().purgeDeletedKey(name);
          const restored = await officer().restoreKeyBackup(backup);
          expect(restored.id).toBe(key.id);
          expect(await signs(restored, "ES256")).toBe(true);
          const other = await officer("other").restoreKeyBackup(backup);
          expect(other.key?.x).toEqual(key.key?.x);
          expect(await signs(other, "ES256")).toBe(true);
        }
      },
    },
    refusal: {
      name: "is refused for a name that is taken, bytes that were changed, and no role",
      run: async () => {
        await officer().createEcKey("restore-taken");
        const backup = (await officer().backupKey("restore-taken")) ?? new Uint8Array();
        expect(await refusalOf(() => officer().restoreKeyBackup(backup))).toBe("409 Conflict");
        expect(await refusalOf(() => nobody().restoreKeyBackup(backup))).toBe("403 Forbidden");
        backup[backup.length - 1] = (backup[backup.length - 1] ?? 0) ^ 1;
        expect(await refusalOf(() => officer().restoreKeyBackup(backup))).toBe("400 BadParameter");
      },
    },
  },
  rotateKey: {
    success: {
      name: "makes another key of the same kind current, with the policy's life, and keeps the old one",
      run: async () => {
        const first = await officer().createRsaKey("rotate", { hsm: true, tags: { a: "b" } });
        await officer().updateKeyRotationPolicy("rotate", {
          lifetimeActions: [],
          expiresIn: "P30D",
        });
        const rotated = await officer().rotateKey("rotate");
        const { createdOn, expiresOn, tags } = rotated.properties;
        expect((expiresOn?.getTime() ?? 0) - (createdOn?.getTime() ?? 0)).toBe(30 * 86.4e6);
        expect([rotated.keyType, tags]).toEqual(["RSA-HSM", { a: "b" }]);
        expect(rotated.key?.n).not.toEqual(first.key?.n);
        expect([await signs(first, "RS256"), await signs(rotated, "RS256")]).toEqual([true, true]);
      },
    },
    refusal: {
      name: "is refused for a disabled key, for what is not there, and no role",
      run: async () => {
        await officer().createEcKey("rotate-disabled", { enabled: false });
        expect(await refusalOf(() => officer().rotateKey("rotate-disabled"))).toBe("403 Forbidden");
        expect(await refusalOf(() => officer().rotateKey("never"))).toBe("404 KeyNotFound");
        expect(await refusalOf(() => nobody().rotateKey("rotate"))).toBe("403 Forbidden");
      },
    },
  },
  updateKeyRotationPolicy: {
    success: {
      name: "answers the policy as it was set, with when that was",
      run: async () => {
        await officer().createEcKey("policy");
        const policy = await officer().updateKeyRotationPolicy("policy", {
          lifetimeActions: [
            { action: "Rotate", timeAfterCreate: "P7D" },
            { action: "Notify", timeBeforeExpiry: "P3D" },
          ],
          expiresIn: "P14D",
        });
        expect(policy).toMatchObject({
          expiresIn: "P14D",
          lifetimeActions: [
            { action: "Rotate", timeAfterCreate: "P7D" },
            { action: "Notify", timeBeforeExpiry: "P3D" },
          ],
        });
        expect(policy.createdOn).toBeInstanceOf(Date);
      },
    },
    refusal: {
      name: "is refused for what contradicts itself, and no role",
      run: async () => {
        const policy = {
          lifetimeActions: [{ action: "Rotate" as const, timeAfterCreate: "P30D" }],
          expiresIn: "P28D",
        };
        expect(await refusalOf(() => officer().updateKeyRotationPolicy("policy", policy))).toBe(
          "400 BadParameter",
        );
        expect(await refusalOf(() => nobody().updateKeyRotationPolicy("policy", policy))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  getKeyRotationPolicy: {
    success: {
      name: "answers what was set, and an empty policy where nothing was",
      run: async () => {
        await officer().createEcKey("no-policy");
        expect((await officer().getKeyRotationPolicy("no-policy")).lifetimeActions).toEqual([]);
        await officer().updateKeyRotationPolicy("no-policy", {
          lifetimeActions: [{ action: "Rotate", timeAfterCreate: "P8D" }],
        });
        expect((await officer().getKeyRotationPolicy("no-policy")).lifetimeActions).toEqual([
          { action: "Rotate", timeAfterCreate: "P8D" },
        ]);
      },
    },
    refusal: {
      name: "is refused for what is not there, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getKeyRotationPolicy("never"))).toBe(
          "404 KeyNotFound",
        );
        expect(await refusalOf(() => nobody().getKeyRotationPolicy("policy"))).toBe(
          "403 Forbidden",
        );
      },
    },
  },
  getRandomBytes: {
    success: {
      name: "answers as many bytes as were asked for, other ones each time",
      run: async () => {
        const [one, two] = [
          await officer().getRandomBytes(128),
          await officer().getRandomBytes(128),
        ];
        expect([one.length, Buffer.from(one).equals(two)]).toEqual([128, false]);
      },
    },
    refusal: {
      name: "is refused for more bytes, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getRandomBytes(129))).toBe("400 BadParameter");
        expect(await refusalOf(() => nobody().getRandomBytes(1))).toBe("403 Forbidden");
      },
    },
  },
  releaseKey: {
    success: {
      name: "answers a signed envelope whose key only the attested environment opens",
      run: async () => {
        const releasePolicy = { encodedPolicy: releasePolicyFor("sevsnpvm") };
        const options = { hsm: true, exportable: true, releasePolicy };
        const made = await officer().createRsaKey("release", options);
        const enc = "RSA_AES_KEY_WRAP_256";
        const { value } = await officer().releaseKey("release", await maa.token(), {
          ...{ algorithm: enc, nonce: "client nonce" },
        });
        const { request, response } = decodeJwt(value) as unknown as Envelope;
        expect(request).toEqual({
          ...{ "api-version": expect.any(String), enc, nonce: "client nonce" },
          kid: made.id?.replace(/\/[^/]+$/, ""),
        });
        const { ciphertext } = JSON.parse(
          Buffer.from(response.key.key.key_hsm, "base64url").toString(),
        );
        const pkcs8 = maa.unwrap(Buffer.from(ciphertext, "base64url"), enc);
        const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
        const digestSigned = sign("sha256", Buffer.from("message"), key);
        const check = await cryptography("officer", made).verify("RS256", digest, digestSigned);
        expect(check.result).toBe(true);
      },
    },
    refusal: {
      name: "is refused for a key that is not exportable, another environment, and no role",
      run: async () => {
        const [good, other] = [
          await maa.token(),
          await maa.token({ "x-ms-attestation-type": "tdxvm" }),
        ];
        await officer().createEcKey("not-released");
        const refused = (name: string, token: string, client = officer()) =>
          refusalOf(() => client.releaseKey(name, token));
        expect(await refused("not-released", good)).toBe("403 Forbidden");
        expect(await refused("release", other)).toBe("403 Forbidden");
        expect(await refused("release", good, nobody())).toBe("403 Forbidden");
        expect(await refused("release", "token")).toBe("401 Unauthorized");
        expect(await refused("no-such-key", good)).toBe("404 KeyNotFound");
      },
    },
  },
  getCryptographyClient: {
    success: {
      name: "gives a client for the current version, and for an old one",
      run: async () => {
        const [first] = await makeVersions("client");
        const signed = await officer().getCryptographyClient("client").sign("ES256", digest);
        expect(signed.result.length).toBe(64);
        const keyVersion = first ?? "";
        const old = officer().getCryptographyClient("client", { keyVersion });
        expect((await old.verify("ES256", digest, signed.result)).result).toBe(false);
      },
    },
    refusal: {
      name: "gives one to who has no role, and its operations are refused",
      run: async () => {
        const client = nobody().getCryptographyClient("client");
        expect(await refusalOf(() => client.sign("ES256", digest))).toBe("403 Forbidden");
      },
    },
  },
};

const internal = ["disambiguateUpdateKeyPropertiesArgs"];

describeContract({ client: KeyClient, methods, internal });
