// SPDX-License-Identifier: Apache-2.0
/**
 * `@azure/attestation`'s AttestationAdministrationClient, all of it declined: rules of our authority are a resource or the
 * vault's own file, and whoever could write them over the wire would decide which hardware is believed.
 */

import { AttestationAdministrationClient } from "@azure/attestation";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mintCertificate } from "@strongroom/testing";
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
    getPolicy: [noRoute, (client) => client.getPolicy("SgxEnclave")],
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

  it("has no method that is not declined here", () => {
    expect([...Object.keys(declined), ...internal].sort()).toEqual(
      methodsOf(AttestationAdministrationClient),
    );
  });

  it.each(Object.entries(declined))(
    "%s is refused to an administrator",
    async (_, [answer, act]) => {
      const { endpoint, installation } = authority;
      const credential = credentialOf(() => installation.oidc.token(administrator));
      const client = new AttestationAdministrationClient(endpoint, credential);
      expect(await refusalOf(() => act(client))).toBe(answer);
    },
    // The client signs in JavaScript alone, which takes seconds on a busy machine.
    60_000,
  );
});
