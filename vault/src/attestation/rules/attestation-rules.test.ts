// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { attestationAuthoritySpecSchema } from "@strongroom/api";
import { mintCertificate } from "@strongroom/testing";
import { toRules } from "./attestation-rules.ts";

const rulesOf = (spec: object) => toRules(attestationAuthoritySpecSchema.parse(spec));
const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const root = (certificates: string) => ({ name: "makers", class: "hardware", certificates });

describe("rules of an authority", () => {
  it.each<[string, object]>([
    ["spec.tpm: root makers: no PEM certificate", { tpm: { trustRoots: [root("text")] } }],
    ["spec.tpm: root makers: ", { tpm: { trustRoots: [root(pem("AAAA"))] } }],
    ["spec.tpm: intermediate certificates: ", { tpm: { intermediateCertificates: pem("AAAA") } }],
    ["spec.snp: no endorsement of a known form", { snp: { endorsements: ["text"] } }],
    ["spec.tdx: a file has no endorsement", { tdx: { endorsements: ["text"] } }],
    ["spec.sgx: a file has no endorsement", { sgx: { endorsements: ["{}"] } }],
    [
      "spec.cca: ",
      {
        cca: {
          platforms: [
            {
              ...{ name: "board", class: "hardware", key: "text" },
              implementationId: "00".repeat(32),
            },
          ],
        },
      },
    ],
  ])("are refused by the member that is wrong: %s", (message, spec) => {
    expect(() => rulesOf(spec)).toThrow(
      expect.objectContaining({
        ...{ code: "BadParameter", message: expect.stringContaining(message) },
      }),
    );
  });

  it("take certificates, and know each root by its fingerprint", async () => {
    const { certificatePem } = await mintCertificate({ subject: "/CN=maker" });
    const trustRoots = [root(certificatePem)];
    const { ek, ekRoots } = rulesOf({
      tpm: { trustRoots, intermediateCertificates: certificatePem },
    });
    expect([ek.roots.length, ek.intermediates.length]).toEqual([1, 1]);
    expect([...ekRoots.values()]).toEqual([{ name: "makers", class: "hardware" }]);
  });

  it("have the hash that Azure's formula gives of their text", () => {
    const { policy, policyHash } = rulesOf({});
    const text = Buffer.from(policy).toString("base64url");
    expect(policyHash).toBe(createHash("sha256").update(text).digest("base64url"));
  });
});
