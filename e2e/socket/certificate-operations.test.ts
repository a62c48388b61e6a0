// SPDX-License-Identifier: Apache-2.0
/** Certificates on their way: what is answered meanwhile, what crosses it, and what outlives a kill. */

import { describe, expect, it } from "@jest/globals";
import { mainVault } from "./contract/azure-vault.ts";
import { refusalOf } from "./contract/contract.ts";
import { byCa, useCertificates } from "./fixtures/certificates.ts";
import { hostOf } from "./fixtures/names.ts";

describe("certificates on their way", () => {
  const { vaults, certificates, secrets, make, get, roots, verify, blocks } = useCertificates();

  it("are in progress in the answer that begins them, and then as they are where it says to look", async () => {
    const answer = await vaults().installation.send({
      ...{ serverName: hostOf(mainVault), method: "POST" },
      path: "/certificates/begun/create?api-version=7.5",
      body: { policy: { issuer: { name: "Self" }, x509_props: { subject: "CN=begun" } } },
      token: await vaults().installation.oidc.token("officer"),
    });
    expect([answer.status, answer.body.status, answer.body.target]).toEqual([
      202,
      "inProgress",
      undefined,
    ]);
    const { pathname, search } = new URL(String(answer.headers.location));
    const { body } = await vaults().installation.send({
      ...{ serverName: hostOf(mainVault), method: "GET", path: pathname + search },
      token: await vaults().installation.oidc.token("officer"),
    });
    expect([body.status, body.request_id]).toEqual(["completed", answer.body.request_id]);
    expect(body.target).toMatch(/\/certificates\/begun$/);
  });

  it("are on every page of a list that includes them", async () => {
    for (const name of ["page-1", "page-2", "page-3"]) {
      const policy = { issuerName: "Unknown", subject: `CN=${name}` } as const;
      await certificates().beginCreateCertificate(name, policy, { intervalInMs: 50 });
    }
    const listed: string[] = [];
    let path = "/certificates?api-version=7.5&includePending=true&maxresults=1";
    while (path !== "") {
      const { body } = await get(path);
      listed.push(...body.value.map(({ id }: { id: string }) => id.split("/").at(-1)));
      const { pathname, search } = new URL(body.nextLink ?? "https://end");
      path = pathname === "/" ? "" : pathname + search;
    }
    expect(listed).toEqual(expect.arrayContaining(["page-1", "page-2", "page-3"]));
  });

  it("do not begin under the names of what else is there: contacts and issuers", async () => {
    const policy = { issuerName: "Self", subject: "CN=a" } as const;
    for (const name of ["contacts", "Issuers"]) {
      const create = () => certificates().beginCreateCertificate(name, policy);
      expect(await refusalOf(create)).toBe("400 BadParameter");
    }
  });

  it("of two that begin at once, one waits for the other", async () => {
    const policy = { issuerName: "Unknown", subject: "CN=twice" } as const;
    const begin = () =>
      refusalOf(() => certificates().beginCreateCertificate("twice", policy, { intervalInMs: 50 }));
    const answers = await Promise.all([begin(), begin(), begin()]);
    expect(answers.sort()).toEqual(["409 Conflict", "409 Conflict", "nothing was refused"]);
  });

  it("can be deleted and recovered while they are pending, and are pending no more then", async () => {
    const policy = { issuerName: "Unknown", subject: "CN=early" } as const;
    await certificates().beginCreateCertificate("early", policy, { intervalInMs: 50 });
    await (
      await certificates().beginDeleteCertificate("early", { intervalInMs: 50 })
    ).pollUntilDone();
    const recovering = await certificates().beginRecoverDeletedCertificate("early", {
      intervalInMs: 50,
    });
    await recovering.pollUntilDone();
    const { body } = await get("/certificates/early/pending?api-version=7.5");
    expect([body.status, body.cancellation_requested]).toEqual(["cancelled", true]);
    expect(
      (await make("early", { issuerName: "Self", subject: "CN=early" })).properties.enabled,
    ).toBe(true);
  });

  it("that are cancelled stay without a certificate, and cannot be cancelled twice", async () => {
    const policy = { issuerName: "Unknown", subject: "CN=c" } as const;
    const poller = await certificates().beginCreateCertificate("cancelled", policy, {
      intervalInMs: 50,
    });
    await poller.cancelOperation();
    const { body } = await get("/certificates/cancelled/pending?api-version=7.5");
    expect(body.status).toBe("cancelled");
    const again = await vaults().installation.send({
      ...{ serverName: hostOf(mainVault), method: "PATCH", body: { cancellation_requested: true } },
      path: "/certificates/cancelled/pending?api-version=7.5",
      token: await vaults().installation.oidc.token("officer"),
    });
    expect([again.status, again.body.error.code]).toEqual([403, "Forbidden"]);
    expect(
      await refusalOf(() => certificates().mergeCertificate("cancelled", [Buffer.from("x")])),
    ).toBe("409 Conflict");
  });

  it("are there after the vault was killed, and so is its CA", async () => {
    const before = await make("lasting", byCa);
    const trusted = await roots();
    await vaults().installation.vault.stop("SIGKILL");
    await vaults().installation.vault.start();
    expect((await certificates().getCertificate("lasting")).cer).toEqual(before.cer);
    const again = await make("lasting", byCa);
    expect(again.properties.version).not.toBe(before.properties.version);
    const pem = (await secrets().getSecret("lasting")).value ?? "";
    expect(await verify(blocks(pem, "CERTIFICATE").join("\n"), trusted)).toContain("OK");
  });
});
