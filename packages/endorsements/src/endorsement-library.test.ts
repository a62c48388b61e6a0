// SPDX-License-Identifier: Apache-2.0
/** What a library of endorsements asks for, and whose answers it keeps. */

import { describe, expect, it } from "@jest/globals";
import {
  type IntelEndorsementChanges,
  type IntelPki,
  intelContent,
  mintIntelCrl,
  mintIntelEndorsements,
  mintIntelPki,
  startVendorServices,
} from "@strongroom/testing";
import { names, numbered, setUp, signal } from "./__fixtures__/intel-world.ts";

describe("an endorsement library", () => {
  it("makes one request for everyone who wants the same", async () => {
    await using world = await setUp();
    const all = await Promise.all([1, 2, 3].map(() => world.kept.library.find({ names }, signal)));
    expect(all.map((found) => found.length)).toEqual([3, 3, 3]);
    expect(world.services.requests.length).toBe(3);
  });

  it("asks nobody where nothing is configured", async () => {
    await using world = await setUp();
    const offline = await world.kept.open({});
    expect(await offline.find({ names }, signal)).toEqual([]);
    expect(world.services.requests).toEqual([]);
  });

  it("keeps nothing that the vendor did not sign", async () => {
    await using world = await setUp();
    world.state.changes = { signerKey: world.pki.pck.key };
    expect(await world.identity()).toBeUndefined();
    const forged = mintIntelEndorsements("td15-5", mintIntelPki());
    const body = `{"enclaveIdentity":${forged["qe_identity"]},"signature":"${forged["qe_identity_signature"]}"}`;
    world.services.replace("/tdx/certification/v4/qe/identity", {
      body,
      headers: {
        "sgx-enclave-identity-issuer-chain": encodeURIComponent(
          forged["qe_identity_issuer_chain"] ?? "",
        ),
      },
    });
    expect(await world.identity()).toBeUndefined();
    expect((await world.kept.files()).length).toBe(4);
  });

  it("keeps nothing that is about something else", async () => {
    await using world = await setUp();
    const { sgx } = intelContent(world.pki)();
    world.services.replace("/tdx/certification/v4/qe/identity", {
      body: `{"enclaveIdentity":${sgx["qe_identity"]},"signature":"${sgx["qe_identity_signature"]}"}`,
      headers: {
        "sgx-enclave-identity-issuer-chain": encodeURIComponent(
          sgx["qe_identity_issuer_chain"] ?? "",
        ),
      },
    });
    expect(await world.identity()).toBeUndefined();
  });

  it.each([
    ["text", { body: "<html>maintenance</html>" }],
    ["an answer without an end", { body: new Uint8Array(1_048_577) }],
    ["a redirect", { status: 302, headers: { location: "https://192.0.2.1/" } }],
    ["a failure", { status: 500 }],
    ["a closed connection", { drop: true }],
  ])("takes %s for no endorsement, and the others all the same", async (_, answer) => {
    await using world = await setUp();
    world.services.replace("/tdx/certification/v4/qe/identity", answer);
    expect(await world.identity()).toBeUndefined();
    world.services.replace("/tdx/certification/v4/qe/identity", undefined);
    world.kept.advance(10_000);
    expect(await world.identity()).toBe(20n);
  });

  it("does not believe a server with another certificate", async () => {
    await using world = await setUp();
    await using other = await startVendorServices({});
    const intel = { ...world.intel, ca: other.ca };
    expect(await (await world.kept.open({ intel })).find({ names }, signal)).toEqual([]);
  });
});

describe("endorsements that came otherwise", () => {
  const bundled = (pki: IntelPki, changes: IntelEndorsementChanges = {}) => {
    const bundle = mintIntelEndorsements("td15-5", pki, changes);
    const file = (text: string) => new Uint8Array(Buffer.from(text));
    const chain = file(bundle["pck_crl_issuer_chain"] ?? "");
    return [
      {
        name: names[0],
        files: [
          file(
            `{"enclaveIdentity":${bundle["qe_identity"]},"signature":"${bundle["qe_identity_signature"]}"}`,
          ),
          file(bundle["qe_identity_issuer_chain"] ?? ""),
        ],
      },
      { name: names[1], files: [file(bundle["pck_crl"] ?? ""), chain] },
      { name: names[2], files: [file(bundle["root_ca_crl"] ?? "")] },
    ];
  };

  it("are taken all, and found without any source", async () => {
    await using world = await setUp();
    const offline = await world.kept.open({});
    expect(await offline.take(bundled(world.pki))).toEqual(names);
    expect(await world.identity(offline)).toBe(20n);
  });

  it("are taken none if one is forged", async () => {
    await using world = await setUp();
    const offline = await world.kept.open({});
    const forged = bundled(world.pki, { rootCrl: mintIntelCrl({ issuer: mintIntelPki().root }) });
    await expect(offline.take(forged)).rejects.toMatchObject({ code: "EvidenceRefused" });
    expect(await world.kept.files()).toEqual([]);
  });

  it("do not replace newer ones", async () => {
    await using world = await setUp();
    world.state.changes = numbered(21);
    await world.identity();
    expect(await world.kept.library.take(bundled(world.pki))).toEqual([names[1], names[2]]);
    expect(await world.identity()).toBe(21n);
  });
});
