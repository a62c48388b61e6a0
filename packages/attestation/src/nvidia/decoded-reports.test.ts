// SPDX-License-Identifier: Apache-2.0
/** Published reports beside copies that NVIDIA's and Confidential Containers' readers decoded, each by its file. */

import { describe, expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { openVectors } from "../__fixtures__/vectors.ts";
import { toBinary } from "../text-encodings.ts";
import { parseSpdmReport } from "./parse-spdm-report.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const text = (path: string) => vectors?.text(`nvidia/${path}`) ?? "{}";
const report = (path: string) =>
  parseSpdmReport(toBinary(vectors?.bytes(`nvidia/${path}`) ?? new Uint8Array()));
const measured = (path: string) =>
  Object.fromEntries([...report(path).measurements].map(([index, one]) => [index, toHex(one)]));

const sdk = "NVIDIA__attestation-sdk";
const trustee = "confidential-containers__trustee";

withVectors("a published report beside its decoded copy", () => {
  it.each([
    [
      `${trustee}/blackwellAttestationReport.txt`,
      `${trustee}/blackwellAttestationReport-claims.txt`,
    ],
    [
      "NVIDIA__nvtrust/hopperAttestationReport.txt",
      `${trustee}/hopperAttestationReport-claims.txt`,
    ],
  ])("%s has the measurements of %s", (path, copy) => {
    expect(measured(path)).toEqual(JSON.parse(text(copy)).measurements);
  });

  it("hopperAttestationReport.txt: spdm_req_parsed_output.json and spdm_parsed_output.json", () => {
    const path = `${sdk}/hopperAttestationReport.txt`;
    const asked = JSON.parse(text(`${sdk}/spdm_req_parsed_output.json`));
    const copy = JSON.parse(text(`${sdk}/spdm_parsed_output.json`));
    const { nonce, signature } = report(path);
    expect([`0x${toHex(nonce)}`, `0x${toHex(signature)}`]).toEqual([asked.Nonce, copy.Signature]);
    const blocks = Object.entries<{ DMTFSpecMeasurementValue: string }>(
      copy.MeasurementRecord.MeasurementBlocks,
    ).map(([index, { DMTFSpecMeasurementValue: value }]) => [index, value.slice(2)]);
    expect(measured(path)).toEqual(Object.fromEntries(blocks));
  });

  it("NVIDIA__nvtrust/hopperAttestationReport.txt: spdm_parsed_output.txt", () => {
    const found = /MeasurementBlocks\[(\d+)\]\.DMTFSpecMeasurementValue = 0x([0-9a-f]{96})/gu;
    const blocks = [...text(`${sdk}/spdm_parsed_output.txt`).matchAll(found)].map(
      ([, index, value]) => [index, value],
    );
    expect(blocks).toHaveLength(64);
    expect(Object.fromEntries(blocks)).toEqual(
      measured("NVIDIA__nvtrust/hopperAttestationReport.txt"),
    );
  });
});
