// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import {
  attestAzureRequestSchema,
  attestCcaRequestSchema,
  attestNitroRequestSchema,
  attestSgxRequestSchema,
  attestSnpRequestSchema,
  attestTdxRequestSchema,
  azureEvidenceSchema,
  snpReportSchema,
  type TeeAttestation,
} from "@strongroom/api";
import {
  fromBase64url,
  fromUtf8,
  StrongroomError,
  sha256,
  silentLog,
  utf8,
} from "@strongroom/core";
import { createFakeVault, workingVault } from "../__fixtures__/fake-vault.ts";
import type { TeeEvidence } from "../tee/tee-evidence.ts";
import { createTeeEvidence } from "./create-tee-evidence.ts";

const { signal } = new AbortController();
const runtimeData = utf8('{"nonce":"n"}');
const bytes = Uint8Array.of(1, 2, 3);

async function present(
  evidence: TeeEvidence,
  findEndorsements = async () => ({ files: [utf8("kept")], missing: [] as string[] }),
) {
  const sent: TeeAttestation[] = [];
  const bound: Uint8Array[] = [];
  const node = createTeeEvidence({
    installation: {
      ...createFakeVault(workingVault),
      attestTee: async (attestation) => {
        sent.push(attestation);
        return "token";
      },
    },
    collector: {
      collect: async (binding) => {
        bound.push(binding);
        return { evidence, endorsements: [utf8("came along")] };
      },
    },
    findEndorsements,
    log: silentLog,
  });
  expect(await node.present(runtimeData, signal)).toBe("token");
  expect(bound).toEqual([sha256(runtimeData)]);
  await expect(node.enrol(signal)).rejects.toMatchObject({ code: "NotEnrolled" });
  return sent[0] as TeeAttestation & { readonly body: object };
}

const json = (data: string) => JSON.parse(fromUtf8(fromBase64url(data)));
const files = ["Y2FtZSBhbG9uZw", "a2VwdA"];

describe("evidence of a TEE", () => {
  it("is sent as Azure Attestation has it, with what the device is bound to, and endorsements", async () => {
    const { kind, body } = await present({ kind: "SevSnpVm", report: bytes });
    const { report, runtimeData: bound, endorsements } = attestSnpRequestSchema.parse(body);
    expect(kind).toBe("SevSnpVm");
    expect(snpReportSchema.parse(json(report))).toEqual({ SnpReport: "AQID" });
    expect(fromBase64url(bound.data)).toEqual(runtimeData);
    expect(bound.dataType).toBe("JSON");
    expect(endorsements).toEqual(files);
  });

  it.each(["TdxVm", "SgxEnclave"] as const)("is sent as a quote of %s", async (kind) => {
    const sent = await present({ kind, quote: bytes });
    const schema = kind === "TdxVm" ? attestTdxRequestSchema : attestSgxRequestSchema;
    expect(schema.parse(sent.body)).toMatchObject({
      quote: "AQID",
      endorsements: files,
    });
    expect(sent.kind).toBe(kind);
  });

  it("is sent as a document of Nitro", async () => {
    const sent = await present({ kind: "Nitro", document: bytes });
    expect(attestNitroRequestSchema.parse(sent.body).document).toBe("AQID");
  });

  it("is sent as a token of CCA", async () => {
    const sent = await present({ kind: "Cca", token: bytes });
    expect(attestCcaRequestSchema.parse(sent.body).token).toBe("AQID");
  });

  it("is sent as an Azure machine's, in one", async () => {
    const sent = await present({
      ...{ kind: "AzureGuest", hclReport: bytes, quote: bytes, signature: bytes },
      ...{ pcrs: { 7: "00".repeat(32) }, tdQuote: bytes },
    });
    const info = azureEvidenceSchema.parse(
      json(attestAzureRequestSchema.parse(sent.body).AttestationInfo),
    );
    expect(info).toMatchObject({ hclReport: "AQID", tdQuote: "AQID", endorsements: files });
    expect(fromBase64url(info.runtimeData)).toEqual(runtimeData);
  });

  it("is sent without endorsements where none can be had: whether they are needed is the vault's to say", async () => {
    const refuse = () => Promise.reject(new StrongroomError("EvidenceMalformed", "no report"));
    const { body } = await present({ kind: "SevSnpVm", report: bytes }, refuse);
    expect(attestSnpRequestSchema.parse(body).endorsements).toEqual([files[0]]);
  });

  it("is sent without what the vault would not take", async () => {
    const many = async () => ({
      files: [new Uint8Array(262_145), new Uint8Array(), ...Array(40).fill(bytes)],
      missing: [],
    });
    const { body } = await present({ kind: "TdxVm", quote: bytes }, many);
    expect(attestTdxRequestSchema.parse(body).endorsements?.length).toBe(32);
  });
});
