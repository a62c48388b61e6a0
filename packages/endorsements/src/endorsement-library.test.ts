// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "@jest/globals";
import {
  type IntelEndorsementChanges,
  type IntelPki,
  intelContent,
  intelFingerprint,
  mintIntelCrl,
  mintIntelEndorsements,
  mintIntelPki,
  startVendorServices,
} from "@strongroom/testing";
import { day, makeTestLibrary } from "./__fixtures__/test-library.ts";
import { intelRootOf } from "./__fixtures__/test-vendors.ts";
import { openEndorsementCache } from "./endorsement-cache.ts";

const { signal } = new AbortController();
const names = ["intel/identity/TD_QE", "intel/crl/platform", "intel/crl/root"] as const;

async function setUp() {
  const pki = mintIntelPki();
  const state: { changes: IntelEndorsementChanges } = { changes: {} };
  const services = await startVendorServices({ intel: intelContent(pki, () => state.changes) });
  const intel = { url: services.url, ca: services.ca };
  const kept = await makeTestLibrary({
    sources: { intel },
    roots: { intel: [intelRootOf(intelFingerprint(pki.root))] },
  });
  const identity = async (library = kept.library) => {
    const found = await library.find({ names }, signal);
    return found.find(({ name }) => name === names[0])?.age.number;
  };
  return {
    ...{ pki, state, services, kept, identity, intel },
    [Symbol.asyncDispose]: async () => {
      await services[Symbol.asyncDispose]();
      await kept[Symbol.asyncDispose]();
    },
  };
}

function numbered(number: number): IntelEndorsementChanges {
  return {
    identity: (identity) => {
      identity.tcbEvaluationDataNumber = number;
    },
  };
}

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

describe("the age of endorsements", () => {
  it("ends at nextUpdate", async () => {
    await using world = await setUp();
    await world.identity();
    world.services.replace("/", { status: 503 });
    world.kept.advance(29 * day);
    expect(await world.identity()).toBe(20n);
    world.kept.advance(2 * day);
    expect(await world.identity()).toBeUndefined();
  });

  it("is renewed ahead, so that nobody has to wait", async () => {
    await using world = await setUp();
    await world.identity();
    world.state.changes = numbered(21);
    await world.kept.library.renew(day);
    expect(await world.identity()).toBe(20n);
    world.kept.advance(day);
    await world.kept.library.renew(day);
    expect(await world.identity()).toBe(21n);
  });

  it("is kept where renewing fails", async () => {
    await using world = await setUp();
    await world.identity();
    world.services.replace("/", { drop: true });
    world.kept.advance(day);
    await world.kept.library.renew(day);
    expect(await world.identity()).toBe(20n);
  });

  it.each([
    ["a lower evaluation data number", numbered(19)],
    ["an earlier date", earlier()],
  ])("never goes back to %s", async (_, older) => {
    await using world = await setUp();
    expect(await world.identity()).toBe(20n);
    world.state.changes = older;
    world.kept.advance(day);
    await world.kept.library.renew(day);
    const [identity] = await world.kept.library.find({ names: [names[0]] }, signal);
    expect(identity?.age).toMatchObject({
      number: 20n,
      issuedAt: new Date("2026-05-01T00:00:00Z"),
    });
  });

  it("never goes back to a revocation list with a lower number", async () => {
    await using world = await setUp();
    const list = (number: number) => mintIntelCrl({ issuer: world.pki.ca, number });
    world.state.changes = { pckCrl: list(7) };
    await world.identity();
    world.state.changes = { pckCrl: list(6) };
    world.kept.advance(day);
    await world.kept.library.renew(day);
    const [crl] = await world.kept.library.find({ names: [names[1]] }, signal);
    expect(crl?.age.number).toBe(7n);
  });
});

function earlier(): IntelEndorsementChanges {
  return {
    identity: (identity) => {
      identity.issueDate = "2026-04-01T00:00:00Z";
    },
  };
}

describe("the folder of endorsements", () => {
  const damage = async (world: Awaited<ReturnType<typeof setUp>>, ending: string) => {
    for (const path of (await world.kept.files()).filter((one) => one.endsWith(ending))) {
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      await writeFile(path, bytes);
    }
  };

  it("asks again for what is damaged, and does not take an older one in its place", async () => {
    await using world = await setUp();
    await world.identity();
    await damage(world, ".entry");
    world.state.changes = numbered(19);
    expect(await world.identity()).toBeUndefined();
    world.state.changes = numbered(20);
    expect(await world.identity()).toBe(20n);
  });

  it("asks again for what was cut short or put under another name", async () => {
    await using world = await setUp();
    await world.identity();
    const entries = (await world.kept.files()).filter((one) => one.endsWith(".entry"));
    const [first = "", second = "", third = ""] = entries;
    await writeFile(first, (await readFile(first)).subarray(0, 40));
    await writeFile(second, await readFile(third));
    expect(await world.identity()).toBe(20n);
    expect(world.services.requests.length).toBe(5);
  });

  it("cannot be a file", async () => {
    await using world = await setUp();
    await world.identity();
    const [file = ""] = await world.kept.files();
    await expect(openEndorsementCache(`${file}/below`)).rejects.toMatchObject({
      code: "StoreUnavailable",
    });
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
