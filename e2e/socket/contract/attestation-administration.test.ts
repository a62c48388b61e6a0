// SPDX-License-Identifier: Apache-2.0
/**
 * `@azure/attestation`'s AttestationAdministrationClient: it reads the rules, and is declined wherever it writes. Rules of our
 * authority are a resource or the vault's own file, and whoever could write them over the wire would decide which hardware is
 * believed.
 */

import { createHash } from "node:crypto";
import { AttestationAdministrationClient } from "@azure/attestation";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mintCertificate } from "@strongroom/testing";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { issuer } from "../fixtures/names.ts";
import { administrator } from "../fixtures/oidc-issuer.ts";
import { type AzureAuthority, credentialOf, startAzureAuthority } from "./azure-authority.ts";
import { methodsOf, refusalOf } from "./contract.ts";

describe("AttestationAdministrationClient, unmodified", () => {
  let authority: AzureAuthority;
  let signer: Awaited<ReturnType<typeof mintCertificate>>;
  beforeAll(async () => {
    authority = await startAzureAuthority();
    signer = await mintCertificate({ subject: "/CN=policy" });
  }, 120_000);
  afterAll(async () => {
    await authority[Symbol.asyncDispose]();
  });

  type Act = (client: AttestationAdministrationClient) => Promise<unknown>;
  const noRoute = "404 NotFound";
  // Key Vault has a route of this name, and none of this version.
  const noVersion = "400 BadParameter";
  const declined: Record<string, readonly [answer: string, act: Act]> = {
    setPolicy: [noRoute, (client) => client.setPolicy("SgxEnclave", "version=1.0;")],
    resetPolicy: [noRoute, (client) => client.resetPolicy("SgxEnclave")],
    getPolicyManagementCertificates: [
      noVersion,
      (client) => client.getPolicyManagementCertificates(),
    ],
    addPolicyManagementCertificate: [
      noRoute,
      (client) => {
        const { certificatePem, keyPem } = signer;
        return client.addPolicyManagementCertificate(certificatePem, keyPem, certificatePem);
      },
    ],
    removePolicyManagementCertificate: [
      noRoute,
      (client) => {
        const { certificatePem, keyPem } = signer;
        return client.removePolicyManagementCertificate(certificatePem, keyPem, certificatePem);
      },
    ],
  };
  /** Methods on the prototype that the client's types keep private. */
  const internal = ["keyTypeFromCertificate", "signingKeys"];

  it("has no method that is not tried here", () => {
    expect([...Object.keys(declined), "getPolicy", ...internal].sort()).toEqual(
      methodsOf(AttestationAdministrationClient),
    );
  });

  const clientOf = (subject: string) => {
    const credential = credentialOf(() => authority.installation.oidc.token(subject));
    return new AttestationAdministrationClient(authority.endpoint, credential);
  };

  it("getPolicy reads the rules whose hash is in tokens, of whichever type", async () => {
    const { body, token } = await clientOf(administrator).getPolicy("SgxEnclave");
    expect(JSON.parse(body)).toMatchObject({ kinds: ["SgxEnclave", "Tpm"], unchallenged: "Allow" });
    const hash = createHash("sha256").update(Buffer.from(body).toString("base64url"));
    const issued = decodeJwt((await authority.machine.attest()).token);
    expect(issued["x-ms-policy-hash"]).toBe(hash.digest("base64url"));
    expect(token.getBody()).toMatchObject({
      ...{ iss: issuer, "x-ms-policy-hash": issued["x-ms-policy-hash"] },
    });
    expect((await clientOf(administrator).getPolicy("Tpm")).body).toBe(body);
  });

  it("getPolicy is refused to others, and for what is no type of evidence", async () => {
    const get = (subject: string, type: string) =>
      refusalOf(() => clientOf(subject).getPolicy(type));
    expect(await get("client", "SgxEnclave")).toBe("403 Forbidden");
    expect(await get(administrator, "CyResComponent")).toBe("400 BadParameter");
  });

  it("getPolicy answers a token that passes for none about evidence", async () => {
    const { token } = await clientOf(administrator).getPolicy("SgxEnclave");
    const { typ, alg } = decodeProtectedHeader(token.serialize());
    expect([typ, alg]).toEqual(["strongroom-policy+jwt", "ES256"]);
    expect(decodeJwt(token.serialize())).not.toHaveProperty("jti");
  });

  it.each(Object.entries(declined))(
    "%s is refused to an administrator",
    async (_, [answer, act]) => {
      expect(await refusalOf(() => act(clientOf(administrator)))).toBe(answer);
    },
    // The client signs in JavaScript alone, which takes seconds on a busy machine.
    60_000,
  );
});
