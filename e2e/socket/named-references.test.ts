// SPDX-License-Identifier: Apache-2.0
/** Policies that name reference values of the attestation authority: what is added there counts for the next release. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { attestationAuthoritySpecSchema } from "@strongroom/api";
import { attestationIssuer } from "./fixtures/attestation-issuer.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { type ReleasingVault, startReleasingVault } from "./fixtures/releasing-vault.ts";

const claim = "x-ms-sevsnpvm-launchmeasurement";
const [first, second] = ["aa".repeat(48), "bb".repeat(48)];
const path = "/secrets/measured";
const reason = `measured: ${claim} reference "images"`;

describe("a policy that names reference values", () => {
  let vault: ReleasingVault;
  beforeAll(async () => {
    vault = await startReleasingVault({ authority: "operator" });
    await vault.call("PUT", path, { value: "value" });
    await putPolicy();
  }, 90_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  const putPolicy = () =>
    vault.installation.manage((client) =>
      client.putPolicy(vault.uid, "measured", {
        ...{ epoch: 0, generation: 1, owner: { uid: "policy-owner" }, immutable: true },
        selector: { kinds: ["secrets"], names: ["measured"] },
        policy: {
          version: "1.0.0+strongroom.1",
          anyOf: [{ authority: attestationIssuer, allOf: [{ claim, reference: "images" }] }],
        },
      }),
    );
  const setValues = (sets: Readonly<Record<string, readonly string[]>>) =>
    vault.installation.manage((client) =>
      client.putAuthority({
        ...{ epoch: 0, generation: 1, owner: { uid: "authority" } },
        spec: attestationAuthoritySpecSchema.parse({
          kinds: [],
          externalIssuers: [vault.maa.configuration()],
          references: Object.entries(sets).map(([name, values]) => ({
            ...{ name, kind: "SevSnpVm", claims: [{ claim, values }] },
          })),
        }),
      }),
    );
  const releaseTo = async (measurement: string) =>
    await vault.release(path, { target: await vault.maa.token({ [claim]: measurement }) });
  const denied = (measurement: string, why: string) =>
    expectRefused(vault.installation.folders.storeFile, () => releaseTo(measurement), {
      ...{ code: "PolicyDenied", operation: "SecretRelease", properties: { reasons: [why] } },
    });

  it("denies all while no set has the name, and the audit log says so", async () => {
    await setValues({ others: [first] });
    await denied(first, `${reason}, of which the authority has no values for it`);
  });

  it("releases to what the set lists when it is asked, in its next list too, with an immutable policy", async () => {
    await setValues({ images: [first] });
    expect((await releaseTo(first)).status).toBe(200);
    await denied(second, reason);
    await setValues({ images: [second] });
    expect((await releaseTo(second)).status).toBe(200);
    await denied(first, reason);
  });

  it("is put with what it governs, and with what is risky about it as the authority's rules stand", async () => {
    await setValues({ others: [first] });
    const { names, objects, warnings } = await putPolicy();
    expect([objects, names]).toEqual([1, ["secrets/measured"]]);
    const codes = (lines: readonly string[]) => lines.map((line) => line.split(":")[0]);
    expect(codes(warnings)).toEqual(["DebugUnchecked", "BoundToNobody", "ReferenceUnknown"]);
    await setValues({ images: [first] });
    expect(codes((await putPolicy()).warnings)).toEqual(["DebugUnchecked", "BoundToNobody"]);
  });
});
