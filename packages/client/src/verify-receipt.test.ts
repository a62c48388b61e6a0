// SPDX-License-Identifier: Apache-2.0
/** What makes a receipt one that proves nothing. */

import { generateKeyPairSync, sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { ReceiptPayload } from "@strongroom/api";
import { headMessage, leafHash, MerkleTree, toBase64url, toHex, utf8 } from "@strongroom/core";
import { type MintedCertificate, mintCertificate } from "@strongroom/testing";
import { CompactSign } from "jose";
import { type ReceiptExpectation, verifyReceipt } from "./verify-receipt.ts";

const log = "0a".repeat(16);
const now = Math.floor(Date.now() / 1000);
const day = 86_400;
const headKey = generateKeyPairSync("ec", { namedCurve: "P-256" });

const tree = new MerkleTree();
const leaves = ["one", "two", "three", "four"].map((leaf) => leafHash(utf8(leaf)));
for (const leaf of leaves) {
  tree.append(leaf);
}
const rootOf = (size: number) => toHex(tree.root(size));
const [first = "", second = ""] = leaves.map(toHex);

function headAt(size: number) {
  const head = { log, size, root: rootOf(size), time: 1 };
  const key = { key: headKey.privateKey, dsaEncoding: "ieee-p1363" } as const;
  return { ...head, signature: toBase64url(sign("sha256", headMessage(head), key)) };
}

const proofAt = (index: number, size: number) => ({
  ...{ index, leafHash: toHex(leaves[index] ?? new Uint8Array()) },
  path: tree.inclusionProof(index, size).map(toHex),
});

const honest: ReceiptPayload = {
  ...{ iat: now + 60, operation: "SecretRelease", released: now - 10 },
  vault: { uid: "vault-1", name: "v" },
  object: `https://v.ns.svc/secrets/db/${"0".repeat(32)}`,
  identity: { issuer: "kubernetes:c", subject: "system:serviceaccount:ns:app" },
  ...{ policies: ["aa"], evidence: "A".repeat(43) },
  ...{ head: headAt(4), proof: proofAt(1, 4) },
};

let root: MintedCertificate;
let signer: MintedCertificate;
let other: MintedCertificate;

beforeAll(async () => {
  root = await mintCertificate({ subject: "/CN=release root", ca: true, days: 365 });
  other = await mintCertificate({ subject: "/CN=other root", ca: true, days: 365 });
  signer = await mintCertificate({ subject: "/CN=release key", issuer: root, days: 29 });
});

const fingerprint = ({ certificate }: MintedCertificate) =>
  certificate.fingerprint256.replaceAll(":", "");

async function signed(change: Partial<ReceiptPayload> = {}, header: object = {}): Promise<string> {
  const x5c = [signer, root].map(({ certificate }) => certificate.raw.toString("base64"));
  return await new CompactSign(utf8(JSON.stringify({ ...honest, ...change })))
    .setProtectedHeader({ alg: "ES256", typ: "strongroom-receipt+jws", x5c, ...header })
    .sign(signer.key);
}

const kept = (size: number, from = log) => ({ log: from, size, root: rootOf(size) });

const verify = (receipt: string, change: Partial<ReceiptExpectation> = {}) =>
  verifyReceipt({
    ...{ receipt, pinnedRootsSha256: [fingerprint(root)], heads: [kept(4)] },
    ...change,
  });

/** A receipt of which some characters of the payload are others. */
async function altered(): Promise<string> {
  const [header, payload = "", signature] = (await signed()).split(".");
  const text = Buffer.from(payload, "base64url").toString().replace(":app", ":bad");
  return [header, Buffer.from(text).toString("base64url"), signature].join(".");
}

describe("a receipt", () => {
  it("proves what it says, against a head that was kept or by the key that signs heads", async () => {
    expect(await verify(await signed())).toEqual(honest);
    const { publicKey } = headKey;
    expect(await verify(await signed(), { heads: undefined, headKey: publicKey })).toEqual(honest);
    const smaller = { head: kept(3), proof: proofAt(1, 3) };
    const heads = [kept(1), kept(3), kept(4, "0b".repeat(16))];
    expect(await verify(await signed(smaller), { heads })).toMatchObject(smaller);
    expect(await verify(await signed(), { pinnedRootsSha256: [] })).toEqual(honest);
  });

  it.each<[string, RegExp, () => Promise<string>, () => Partial<ReceiptExpectation>]>([
    ["altered", /does not verify/, altered, () => ({})],
    ["altered, by whomever", /does not verify/, altered, () => ({ pinnedRootsSha256: [] })],
    [
      ...(["of another root", /pinned root/, signed] as const),
      () => ({ pinnedRootsSha256: [fingerprint(other)] }),
    ],
    [
      ...(["of another type", /no receipt/] as const),
      ...([() => signed({}, { typ: "strongroom-release+jws" }), () => ({})] as const),
    ],
    ["without a certificate", /does not verify/, () => signed({}, { x5c: [] }), () => ({})],
    ["signed after its certificate", /expired/, () => signed({ iat: now + 30 * day }), () => ({})],
    ["signed before its certificate", /early/, () => signed({ iat: now - 30 * day }), () => ({})],
    [
      ...(["of another log", /of the receipt's log/, signed] as const),
      () => ({ heads: [kept(4, "0b".repeat(16))] }),
    ],
    ["younger than the head", /older than the release/, signed, () => ({ heads: [kept(1)] })],
    ["proved against another size", /for that head/, signed, () => ({ heads: [kept(3)] })],
    [
      ...(["of another history", /is another/, signed] as const),
      () => ({ heads: [{ ...kept(4), root: rootOf(3) }] }),
    ],
    ["without any head", /of the receipt's log/, signed, () => ({ heads: [] })],
    [
      ...(["of another leaf", /have its leaf/] as const),
      ...([() => signed({ proof: { ...proofAt(1, 4), leafHash: first } }), () => ({})] as const),
    ],
    [
      ...(["at another place", /have its leaf/] as const),
      ...([() => signed({ proof: { ...proofAt(1, 4), index: 0 } }), () => ({})] as const),
    ],
    [
      ...(["without its path", /have its leaf/] as const),
      ...([() => signed({ proof: { ...proofAt(1, 4), path: [] } }), () => ({})] as const),
    ],
    [
      ...(["under a head that is its own leaf", /older|for that head/] as const),
      () =>
        signed({
          head: { log, size: 1, root: second },
          proof: { ...proofAt(1, 4), index: 0, path: [] },
        }),
      () => ({ heads: [kept(4)] }),
    ],
    [
      ...(["with members that are unknown", /does not verify/] as const),
      ...([() => signed({ more: 1 } as object), () => ({})] as const),
    ],
  ])("is refused %s", async (_name, reason, receipt, change) => {
    await expect(verify(await receipt(), change())).rejects.toMatchObject({
      ...{ code: "ResponseUntrusted", message: expect.stringMatching(reason) },
    });
  });

  it.each([
    ["no signature", { ...headAt(4), signature: undefined }],
    ["another time", { ...headAt(4), time: 2 }],
    ["that of another head", { ...headAt(4), signature: headAt(3).signature }],
  ])("is refused where its head has %s, if that is asked for", async (_name, head) => {
    const { publicKey } = headKey;
    const receipt = await signed({ head });
    await expect(verify(receipt, { headKey: publicKey })).rejects.toMatchObject({
      ...{ code: "ResponseUntrusted", message: expect.stringContaining("signs heads") },
    });
  });
});
