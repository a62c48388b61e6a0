// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { toBase64url } from "@strongroom/core";
import { mintCertificate } from "@strongroom/testing";
import { certificatesOf, makeCustodians, type TestCustodian } from "../__fixtures__/custodians.ts";
import { requireQuorum } from "./custodians.ts";
import { type Domain, decodeDomain, encodeDomain, shareLabel } from "./domain-file.ts";
import { openRestore } from "./open-restore.ts";
import {
  addShares,
  decodeRestore,
  encodeRestore,
  openCustodianKey,
  type Restore,
  startRestore,
} from "./restore-file.ts";
import { encryptOaep } from "./rsa-oaep.ts";
import { sealGeneration } from "./seal-generation.ts";

const wrapped = {
  n: new Uint8Array(40),
  e: new Uint8Array(40),
  s: new Uint8Array(40),
  a: new Uint8Array(40),
};
const kekIds = { n: "0".repeat(32), e: "1".repeat(32), s: "2".repeat(32), a: "3".repeat(32) };

let custodians: readonly TestCustodian[];
let exchange: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
let domainKey: Uint8Array;
let domain: Domain;

async function seal(number: number, key: Uint8Array): Promise<Domain[number]> {
  const quorum = requireQuorum(certificatesOf(custodians), 3);
  return await sealGeneration({ number, kekIds, wrapped }, quorum, key);
}

function restoreOf(who: readonly number[], of: Domain = domain): Restore {
  return who.reduce(
    (before, index) =>
      addShares(before, exchange.publicKey, openCustodianKey(custodians[index]?.keyPem ?? "")),
    startRestore(of, exchange.publicKey),
  );
}

beforeAll(async () => {
  custodians = await makeCustodians(mintCertificate, 5);
  exchange = generateKeyPairSync("rsa", { modulusLength: 2048 });
  domainKey = new Uint8Array(randomBytes(32));
  domain = [await seal(1, domainKey)];
}, 60_000);

describe("a security domain", () => {
  it("is opened by each quorum of its custodians", async () => {
    for (const who of [
      [0, 1, 2],
      [4, 2, 0],
      [0, 1, 2, 3, 4],
    ]) {
      const restore = decodeRestore(encodeRestore(restoreOf(who)));
      const [opened] = await openRestore(restore, exchange.privateKey);
      expect(opened?.domainKey.reveal()).toEqual(domainKey);
    }
  });

  it("is opened by fewer in no way: not with a share twice, nor with another's share", async () => {
    const two = restoreOf([0, 1]);
    const [first] = two.shares;
    for (const restore of [
      two,
      { ...two, shares: [...two.shares, ...(first ? [first] : [])] },
      {
        ...two,
        shares: [
          ...two.shares,
          { generation: 1, digest: "0".repeat(64), share: toBase64url(randomBytes(256)) },
        ],
      },
    ]) {
      await expect(openRestore(restore, exchange.privateKey)).rejects.toThrow(
        "3 custodians must take part",
      );
    }
    // Encrypted as a share is, and yet none of this domain's.
    const [label, invented] = [shareLabel({ number: 1, kekIds }), new Uint8Array(33).fill(9)];
    const share = toBase64url(encryptOaep(exchange.publicKey, label, invented));
    const padded = {
      ...two,
      shares: [...two.shares, { generation: 1, digest: "0".repeat(64), share }],
    };
    await expect(openRestore(padded, exchange.privateKey)).rejects.toThrow(
      "3 custodians must take part",
    );
    const other = await seal(2, domainKey);
    const foreign = restoreOf([2], [other]).shares.map((share) => ({ ...share, generation: 1 }));
    const mixed = { ...two, shares: [...two.shares, ...foreign] };
    await expect(openRestore(mixed, exchange.privateKey)).rejects.toThrow(
      "3 custodians must take part",
    );
  });

  it("is refused if any of it is another than its custodians were given", async () => {
    const [entry] = domain;
    if (entry === undefined) {
      throw new Error("the domain is empty");
    }
    for (const change of [
      { wrapped: { ...wrapped, n: new Uint8Array(40).fill(1) } },
      { required: 2 },
      { mac: new Uint8Array(32) },
      { custodians: [...entry.custodians].reverse() },
    ]) {
      const restore = { ...restoreOf([0, 1, 2]), domain: [{ ...entry, ...change }] };
      await expect(openRestore(restore, exchange.privateKey)).rejects.toThrow(
        "the security domain was changed",
      );
    }
    for (const change of [{ number: 7 }, { kekIds: { ...kekIds, n: "f".repeat(32) } }]) {
      const restore = { ...restoreOf([0, 1, 2]), domain: [{ ...entry, ...change }] };
      await expect(openRestore(restore, exchange.privateKey)).rejects.toMatchObject({
        code: "BadParameter",
      });
    }
  });

  it("tells a custodian whose share was damaged, and one who has none", async () => {
    const [entry] = domain;
    const [share, ...others] = entry?.custodians ?? [];
    if (entry === undefined || share === undefined) {
      throw new Error("the domain is empty");
    }
    const damaged = {
      ...share,
      share: share.share.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
    };
    const exchanged = { ...share, digest: "0".repeat(64) };
    for (const wrong of [damaged, exchanged]) {
      const broken = [{ ...entry, custodians: [wrong, ...others] }];
      expect(() => restoreOf([0], broken)).toThrow("the share of this key is damaged");
    }
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const start = startRestore(domain, exchange.publicKey);
    expect(() => addShares(start, exchange.publicKey, stranger)).toThrow("no share for this key");
    expect(() => addShares(start, createPublicKey(stranger), stranger)).toThrow(
      "another exchange key",
    );
  });

  it("holds each share and each key encrypted only", () => {
    const encoded = Buffer.from(encodeDomain(domain));
    expect(encoded[0]).toBe(1);
    expect(decodeDomain(encoded)).toEqual(domain);
    expect(encoded.includes(toBase64url(domainKey))).toBe(false);
  });

  it("is not read from what is no domain", () => {
    const encoded = encodeDomain(domain);
    for (const wrong of [
      new Uint8Array(),
      encoded.subarray(1),
      encoded.subarray(0, 100),
      new Uint8Array([2, ...encoded.subarray(1)]),
      Buffer.from('\u0001{"format":"strongroom/domain/v1","generations":[]}'),
      new Uint8Array(512 * 1024).fill(1),
    ]) {
      expect(() => decodeDomain(wrong)).toThrow(expect.objectContaining({ code: "BadParameter" }));
      expect(() => decodeRestore(wrong)).toThrow(expect.objectContaining({ code: "BadParameter" }));
    }
  });
});
