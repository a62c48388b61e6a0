// SPDX-License-Identifier: Apache-2.0
/** Signs and anchors heads by the HSM host's rules, with a key in memory and anchors that may outlive the process. */

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import {
  fromHex,
  headDigest,
  type LogHead,
  StrongroomError,
  verifyConsistency,
} from "@strongroom/core";
import type { AnchoredHead, HeadSigner } from "../ledger.ts";

/** A signer whose faults can be chosen. */
export interface FakeHeadSigner extends HeadSigner {
  readonly publicKey: KeyObject;
  /** Heads that were signed, in order. */
  readonly signed: readonly LogHead[];
  /** Fails from now on, before or after it anchors; or works again. */
  fail(when: "before" | "after" | "never"): void;
}

/** A signer with anchors in `file`, or in memory. */
export function fakeHeadSigner(file?: string): FakeHeadSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signed: LogHead[] = [];
  let failing: "before" | "after" | "never" = "never";
  const anchors = new Map(load(file).map((head) => [head.log, head]));

  return {
    publicKey,
    signed,
    fail: (when) => {
      failing = when;
    },
    heads: async () => [...anchors.values()],
    signHead: async (head, consistency) => {
      failIf(failing === "before");
      checkExtends(anchors.get(head.log), head, consistency);
      anchors.set(head.log, { log: head.log, size: head.size, root: head.root });
      save(file, [...anchors.values()]);
      failIf(failing === "after");
      signed.push(head);
      const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
      return new Uint8Array(sign(null, headDigest(head), key));
    },
  };
}

function failIf(isFailing: boolean): void {
  if (isFailing) {
    throw new StrongroomError("HsmUnavailable", "the HSM host does not answer");
  }
}

function checkExtends(
  anchor: AnchoredHead | undefined,
  head: LogHead,
  proof: readonly Uint8Array[],
): void {
  const claim = {
    oldSize: anchor?.size ?? 0,
    oldRoot: fromHex(anchor?.root ?? ""),
    newSize: head.size,
    newRoot: fromHex(head.root),
    proof,
  };
  if (!verifyConsistency(claim)) {
    throw new StrongroomError("HeadRollback", "the head does not extend the anchored one");
  }
}

function load(file: string | undefined): readonly AnchoredHead[] {
  return file !== undefined && existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as AnchoredHead[])
    : [];
}

function save(file: string | undefined, heads: readonly AnchoredHead[]): void {
  if (file !== undefined) {
    writeFileSync(`${file}.new`, JSON.stringify(heads));
    renameSync(`${file}.new`, file);
  }
}
