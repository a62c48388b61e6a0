// SPDX-License-Identifier: Apache-2.0
/** Published logs beside copies that another reader decoded, and logs inside what tools keep of a machine; each by its file. */

import { describe, expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { openVectors } from "../__fixtures__/vectors.ts";
import { collectTpmEvidence } from "../tpm/collect-tpm-evidence.ts";
import { isEventLog } from "./is-event-log.ts";
import { parseEventLog } from "./parse-event-log.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const base64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const trustee = "tdx/confidential-containers__trustee";

interface DecodedEvent {
  readonly index: number;
  readonly event: string;
  readonly digests: readonly { readonly alg: string; readonly digest: string }[];
}

withVectors("a published log beside its decoded copy", () => {
  it.each([
    ["CCEL_AAEL_alibabacloud", "CCEL_AAEL_alibabacloud_out.json", "SHA-384", 87],
    ["CCEL_data", "CCEL_data_out.json", "SHA-384", 5],
    ["CCEL_data", "parse_tdx_claims_expected.json", "SHA-384", 5],
    ["CCEL_data_grub", "CCEL_data_grub_out.json", "SHA-384", 37],
    ["CCEL_data_grub_gke", "CCEL_data_grub_gke_out.json", "SHA-384", 35],
    ["CCEL_data_ovmf", "CCEL_data_ovmf_out.json", "SHA-384", 20],
    // Of a bank that is not replayed: digests are passed over.
    ["CCEL_data_csv", "CCEL_data_csv_out.json", "SM3", 82],
  ])("%s has the events of %s, of bank %s", (log, copy, bank, count) => {
    const decoded: readonly DecodedEvent[] = JSON.parse(
      vectors?.text(`${trustee}/${copy}`) ?? "{}",
    ).uefi_event_logs;
    const { events } = parseEventLog(vectors?.bytes(`${trustee}/${log}`) ?? new Uint8Array());
    expect(events).toHaveLength(count);
    const found = events.map(({ register, data, digests }) => ({
      register,
      data: toHex(data),
      sha384: toHex(digests.get("sha384") ?? new Uint8Array()),
    }));
    expect(found).toEqual(
      decoded.map(({ index, event, digests }) => ({
        register: index,
        data: toHex(base64(event)),
        sha384: bank === "SHA-384" ? digests.find(({ alg }) => alg === bank)?.digest : "",
      })),
    );
  });
});

withVectors("what Go's library keeps of a machine", () => {
  it.each([
    ["eventlog/google__go-attestation/windows_gcp_shielded_vm.json", 21],
    ["eventlog/google__go-eventlog/legacydata__linux_tpm12.json", 40],
  ])("%s has a log of %i events of SHA-1", (path, count) => {
    const dump = JSON.parse(vectors?.text(path) ?? "{}");
    const { events } = parseEventLog(base64(dump.Log.Raw));
    expect(events).toHaveLength(count);
    expect(new Set(events.flatMap(({ digests }) => [...digests.keys()]))).toEqual(
      new Set(["sha1"]),
    );
  });

  it("windows_gcp_shielded_vm.json has a quote of SHA-1, and linux_tpm12.json one of a TPM 1.2", () => {
    const open = (path: string) => collectTpmEvidence([vectors?.bytes(path) ?? new Uint8Array()]);
    const { quotes, publicAreas, eventLogs } = open(
      "eventlog/google__go-attestation/windows_gcp_shielded_vm.json",
    );
    expect([quotes.length, publicAreas.length, eventLogs.length]).toEqual([1, 1, 1]);
    expect(Object.keys(quotes[0]?.pcrs ?? {})).toEqual(["sha1"]);
    expect(Object.keys(quotes[0]?.pcrs?.["sha1"] ?? {})).toHaveLength(24);
    expect(() => open("eventlog/google__go-eventlog/legacydata__linux_tpm12.json")).toThrow(
      malformedWith("another TPM than 2.0"),
    );
  });

  it("cel.b64 is a log of Canonical Event Log's encoding, and none that is replayed", () => {
    expect(isEventLog(base64(vectors?.text("tpm/google__go-tpm-tools/cel.b64") ?? ""))).toBe(false);
  });
});
