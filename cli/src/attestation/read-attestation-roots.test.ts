// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { mintCertificate } from "@strongroom/testing";
import { readAttestationRoots } from "./read-attestation-roots.ts";

describe("the roots of attestation keys", () => {
  it("are those of virtual TPMs that Google and Microsoft publish, where the user names none", () => {
    const roots = readAttestationRoots([]);
    expect(roots.map(({ name, class: trust, fingerprint }) => [name, trust, fingerprint])).toEqual([
      [
        ...["gce-ek-ak", "virtual"],
        "594759594b9b61524f6c8ef668f7177f7b9066bc0674f2f49fe9e052be78beb2",
      ],
      [
        ...["gce-tpm-ek-v1", "virtual"],
        "9bd5285f8fb18502a7947e621ffd470266f49fcd3b73e19a190f690ad32a7caf",
      ],
      [
        ...["azure-virtual-tpm", "virtual"],
        "e6c596b17f8ffefba5c300f714cfb1260c6028704ecf7becc4ab5018efb00e95",
      ],
    ]);
  });

  it("are the user's alone where there are any, of which nobody knows what they are", async () => {
    const { certificatePem } = await mintCertificate({ subject: "/CN=root", ca: true });
    expect(readAttestationRoots([utf8(certificatePem)])).toMatchObject([
      { name: "configured", class: "software" },
    ]);
  });
});
