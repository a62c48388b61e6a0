// SPDX-License-Identifier: Apache-2.0
/** A running vault renews certificates when its clock says so, with keys in a real token. */

import { X509Certificate } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { readStored } from "./fixtures/stored.ts";

const day = 86_400_000;
/** How often the vault looks at its clock, with room for a busy machine. */
const patience = 25_000;

describe("a vault whose clock moves on", () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation({ movableClock: true });
    await installation.putVault({
      name: "shop",
      spec: {
        roleAssignments: [
          {
            ...{ role: "Key Vault Administrator", scope: "*" },
            principals: [{ oidc: { issuer: installation.oidc.issuer, subject: "officer" } }],
          },
        ],
      },
    });
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const send = async (method: string, path: string, body?: object) =>
    await installation.send({
      ...{ serverName: hostOf("shop"), method, path: `${path}?api-version=7.5`, body },
      token: await installation.oidc.token("officer"),
    });
  const publicKey = async (name: string) => {
    const { body } = await send("GET", `/certificates/${name}`);
    const certificate = new X509Certificate(Buffer.from(body.cer, "base64"));
    return certificate.publicKey.export({ format: "jwk" });
  };
  const leaves = (operationName: string) =>
    readStored(installation.folders.storeFile).leaves.filter(
      ({ event }) => event.operationName === operationName,
    );
  /** Moves the clock until the log says something so often. */
  const moveUntil = async (days: number, operationName: string, count: number) => {
    await installation.vault.setClock(days * day);
    const end = Date.now() + patience;
    while (leaves(operationName).length < count && Date.now() < end) {
      await delay(200);
    }
    await installation.vault.setClock(0);
    return leaves(operationName).length;
  };

  it("renews those that are due, with the same key in the HSM where the policy says so", async () => {
    const month = { validity_months: 1 };
    const policy = (name: string, kty: string, reuse_key: boolean) => ({
      policy: {
        issuer: { name: "Self" },
        key_props: { kty, crv: "P-256", reuse_key },
        x509_props: { subject: `CN=${name}`, ...month },
      },
    });
    await send("POST", "/certificates/kept/create", policy("kept", "EC-HSM", true));
    await send("POST", "/certificates/fresh/create", policy("fresh", "EC", false));
    const before = [await publicKey("kept"), await publicKey("fresh")];
    const created = leaves("CertificateEnroll").length;
    expect(created).toBe(2);
    expect(await moveUntil(27, "CertificateEnroll", 4)).toBe(4);
    const after = [await publicKey("kept"), await publicKey("fresh")];
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
    for (const name of ["kept", "fresh"]) {
      const { body } = await send("GET", `/certificates/${name}/versions`);
      expect(body.value).toHaveLength(2);
    }
    const renewals = leaves("CertificateRenew");
    expect(renewals.map(({ event }) => event.identity)).toEqual([
      ...[{ issuer: "strongroom", subject: "vault" }],
      ...[{ issuer: "strongroom", subject: "vault" }],
    ]);
  });
});
