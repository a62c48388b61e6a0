// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { openVectors } from "../__fixtures__/vectors.ts";
import { appraiseNitro, toNitroClaims } from "./appraise-nitro.ts";
import { nitroRoots, verifyNitro } from "./verify-nitro.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;

const evervault = "nitro/evervault__attestation-doc-validation";
const sparsity = "nitro/sparsity-xyz__aws-nitro-enclave-attestation";
const veracruz = "nitro/veracruz-project__go-nitro-enclave-attestation-document";
const unbound = { nonce: "unbound", userData: "unbound", publicKey: "unbound" } as const;

function read(path: string): Uint8Array {
  const bytes = vectors?.bytes(path) ?? new Uint8Array();
  return path.endsWith("base64")
    ? new Uint8Array(Buffer.from(Buffer.from(bytes).toString(), "base64"))
    : bytes;
}

const check = (path: string, at: string) =>
  verifyNitro(read(path), nitroRoots, unbound, new Date(at));

withVectors("published attestation documents of Nitro", () => {
  it.each([
    [`${evervault}/debug-mode-attestation-doc-bytes`, "2022-10-12T13:50:06Z", "policy-denied"],
    [`${evervault}/valid-attestation-doc-base64`, "2023-09-18T15:03:30Z", "policy-denied"],
    [`${evervault}/valid-attestation-doc-bytes`, "2022-10-13T08:58:02Z", undefined],
    [`${sparsity}/attestation_1.report`, "2024-08-16T09:11:49Z", "policy-denied"],
    [`${sparsity}/attestation_2.report`, "2023-09-28T11:08:27Z", undefined],
    [`${veracruz}/aws_nitro_document.cbor`, "2022-11-09T22:52:00Z", undefined],
  ])("%s is authentic at %s; rules: %s", (path, at, refusal) => {
    const verdict = check(path, at);
    expect(verdict).toMatchObject({ kind: "verified", claims: { binding: "unbound" } });
    if (verdict.kind === "verified") {
      expect(appraiseNitro(verdict.claims, { debug: "refuse", pcrs: "unbound" })?.class).toBe(
        refusal,
      );
      const pcrs = JSON.parse(vectors?.text("EXPECTED.fields.json") ?? "{}").nitro?.[path]?.pcrs;
      expect(toNitroClaims(verdict.claims)).toMatchObject({
        "x-strongroom-nitro-kind": "enclave",
        "x-strongroom-nitro-instance-id": expect.stringMatching(/^i-[0-9a-f]{17}$/u),
        ...(pcrs === undefined ? {} : { "x-strongroom-nitro-pcrs": pcrs }),
      });
    }
    expect(check(path, "2026-01-01T00:00:00Z")).toMatchObject({ class: "expired" });
  });

  it("aws_nitro_document_bad_sig.cbor is refused", () => {
    const path = `${veracruz}/aws_nitro_document_bad_sig.cbor`;
    expect(check(path, "2022-11-09T22:52:00Z")).toMatchObject({ class: "bad-signature" });
  });
});
