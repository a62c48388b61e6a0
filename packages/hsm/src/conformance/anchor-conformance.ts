// SPDX-License-Identifier: Apache-2.0
/** Conformance: heads are signed only as extensions of what was signed before, for ever. */

import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  canonicalJson,
  concatBytes,
  type JsonValue,
  type LogHead,
  leafHash,
  MerkleTree,
  toHex,
  toLogHead,
  utf8,
} from "@strongroom/core";
import type { HsmClient } from "../client/hsm-client.ts";
import type { GeneratedKey, SigningOperation } from "../client/hsm-keys.ts";
import { expectRejections } from "./expect-rejections.ts";
import { isSignature } from "./is-signature.ts";
import type { Subjects } from "./subjects.ts";

const rollback = { code: "HeadRollback" } as const;
const at = new Date("2026-01-02T03:04:05.678Z");

function newLog(): string {
  return toHex(randomBytes(16));
}

function treeOf(size: number, name = "leaf"): MerkleTree {
  const tree = new MerkleTree();
  for (let index = 0; index < size; index += 1) {
    tree.append(leafHash(utf8(`${name} ${index}`)));
  }
  return tree;
}

async function makeHeadKey(client: HsmClient): Promise<GeneratedKey> {
  return await makeKey(client, "head-key", "signHead");
}

async function makeKey(
  client: HsmClient,
  keyId: string,
  operation: SigningOperation = "sign",
): Promise<GeneratedKey> {
  const place = { scope: "installation", keyId };
  return await client.generateKey({
    ...{ ...place, type: "ec-p256", operations: [operation], class: "N" },
  });
}

/** Tests of the anchor. */
export function describeAnchor({ hsm }: Subjects): void {
  describe("the anchor", () => {
    it("signs the head's canonical bytes under their prefix", async () => {
      const { client } = hsm();
      const { blob, publicKey } = await makeHeadKey(client);
      const head = toLogHead(newLog(), 3, treeOf(3).root(), at);
      const signature = await client.signHead(blob, head, []);
      const message = concatBytes(utf8("strongroom/head/v1\0"), canonicalJson({ ...head }));
      expect(createHash("sha256").update(message).digest()).toHaveLength(32);
      expect(isSignature(publicKey, message, signature)).toBe(true);
    });

    it("signs every extension that a proof shows, and the same head again", async () => {
      const { client } = hsm();
      const { blob } = await makeHeadKey(client);
      const log = newLog();
      const tree = treeOf(40);
      let anchored = 0;
      for (const size of [1, 2, 3, 3, 7, 8, 8, 21, 40]) {
        const head = toLogHead(log, size, tree.root(size), at);
        await client.signHead(blob, head, tree.consistencyProof(anchored, size));
        anchored = size;
        expect(await client.heads()).toContainEqual(head);
      }
    });

    it("signs no head that is smaller, forked or without its proof, after a restart either", async () => {
      const log = newLog();
      const [tree, fork] = [treeOf(20), treeOf(20, "other")];
      const { blob } = await makeHeadKey(hsm().client);
      const head = toLogHead(log, 10, tree.root(10), at);
      await hsm().client.signHead(blob, head, []);
      for (const restarted of [false, true]) {
        if (restarted) {
          await hsm().restart();
        }
        const { client } = hsm();
        await expectRejections(
          [
            client.signHead(blob, toLogHead(log, 9, tree.root(9), at), []),
            client.signHead(blob, toLogHead(log, 0, tree.root(0), at), []),
            client.signHead(blob, toLogHead(log, 10, fork.root(10), at), []),
            client.signHead(
              blob,
              toLogHead(log, 12, fork.root(12), at),
              fork.consistencyProof(10, 12),
            ),
            client.signHead(
              blob,
              toLogHead(log, 12, fork.root(12), at),
              tree.consistencyProof(10, 12),
            ),
            client.signHead(
              blob,
              toLogHead(log, 12, tree.root(12), at),
              tree.consistencyProof(9, 12),
            ),
            client.signHead(blob, toLogHead(log, 12, tree.root(12), at), []),
          ],
          rollback,
        );
        const anchored = (await client.heads()).find((entry) => entry.log === log);
        expect(anchored).toEqual(head);
      }
      const next = toLogHead(log, 12, tree.root(12), at);
      await hsm().client.signHead(blob, next, tree.consistencyProof(10, 12));
    });

    it("lets only one of two forks that come at once in", async () => {
      const { client } = hsm();
      const { blob } = await makeHeadKey(client);
      const log = newLog();
      const results = await Promise.allSettled(
        ["a", "b"].map((name) =>
          client.signHead(blob, toLogHead(log, 5, treeOf(5, name).root(), at), []),
        ),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    it("goes back only where the release root says so, and remembers it", async () => {
      const { client } = hsm();
      const { blob } = await makeHeadKey(client);
      const log = newLog();
      const tree = treeOf(20);
      const [low, high] = [8, 20].map((size) => toLogHead(log, size, tree.root(size), at));
      await client.signHead(blob, high as LogHead, []);
      const lower = { id: newLog(), heads: [low as LogHead] };
      await expectRejections(
        [
          client.acceptRollback(blob, lower),
          client.acceptRollback((await makeKey(client, "release-key")).blob, lower),
        ],
        { code: "HsmBlobRejected" },
      );
      expect(await client.heads()).toContainEqual(high);
      const root = await makeKey(client, "release-root");
      const { statement, signature } = await client.acceptRollback(root.blob, lower);
      const message = concatBytes(
        utf8("strongroom/rollback/v1\0"),
        canonicalJson(statement as unknown as JsonValue),
      );
      expect(isSignature(root.publicKey, message, signature)).toBe(true);
      expect(statement.givenUp).toContainEqual({ log, size: 20, root: high?.root });
      expect(await client.heads()).toEqual([low]);
      await hsm().restart();
      const again = hsm().client;
      expect(await again.rollback()).toEqual({ statement, signature, recorded: false });
      await again.signHead(blob, high as LogHead, tree.consistencyProof(8, 20));
      await again.rollbackRecorded();
      expect((await again.rollback())?.recorded).toBe(true);
    });

    it("refuses heads of no form", async () => {
      const { client } = hsm();
      const { blob } = await makeHeadKey(client);
      const head = toLogHead(newLog(), 1, treeOf(1).root(), at);
      for (const wrong of [
        { ...head, log: "../../../../../../etc/passwd-----" },
        { ...head, log: head.log.toUpperCase().replace(/^./, "A") },
        { ...head, root: "00" },
      ]) {
        const attempt = client.signHead(blob, wrong, []);
        await expect(attempt).rejects.toMatchObject({ code: "BadParameter" });
      }
      const proof = [new Uint8Array(31)];
      const attempt = client.signHead(blob, head, proof);
      await expect(attempt).rejects.toMatchObject({ code: "BadParameter" });
    });
  });
}
