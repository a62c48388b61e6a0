// SPDX-License-Identifier: Apache-2.0
/**
 * Leaves of any log, each with a proof that it is under a head, long after it was written.
 *
 * A proof needs a hash of all leaves. The roots of runs of 1,024 are kept in memory once they were read, 32 bytes each, so
 * that a log is read as a whole once. The tree over them is the log's tree: RFC 6962 splits at powers of two.
 */

import {
  type AuditLeaf,
  type Clock,
  createSerial,
  decodeLeaf,
  fromHex,
  type Hash,
  leafHash,
  MerkleTree,
  type SignedHead,
  StrongroomError,
  toBase64url,
  toHex,
  verifyInclusion,
} from "@strongroom/core";
import type { HeadSigner, InclusionProof, Ledger } from "../ledger/ledger.ts";

/** Leaves of one run. */
const runLength = 1_024;
/** Logs of which roots are kept: those of a month of daily starts, with room. */
const keptLogs = 64;

/** What proofs are made from. */
export interface LeafProofDeps {
  readonly ledger: Pick<Ledger, "log" | "head" | "logs">;
  /** Signs the heads of logs that are closed once more. */
  readonly heads: HeadSigner;
  readonly clock: Clock;
}

/** Which leaf. */
export interface LeafPlace {
  readonly log: string;
  readonly index: number;
}

/** A leaf under a head: the newest of its log, signed, or one of the size that was asked for. */
export interface ProvenLeaf {
  readonly head: Pick<SignedHead, "log" | "size" | "root"> & Partial<SignedHead>;
  readonly proof: InclusionProof;
  readonly leaf: AuditLeaf;
}

/** Reads and proves leaves. */
export interface LeafProofs {
  /** The leaf as it is stored, unproven; nothing where there is none. */
  read(place: LeafPlace): Promise<AuditLeaf | undefined>;
  /**
   * Proves it, under the newest head or under that of `size` leaves.
   *
   * @throws {StrongroomError} `NotFound` if no head of that size has the leaf, `StoreTampered` if the log is not what the HSM signed
   */
  prove(place: LeafPlace, size?: number): Promise<ProvenLeaf>;
}

/** Proofs over a ledger's logs. */
export function createLeafProofs(deps: LeafProofDeps): LeafProofs {
  const runs = new Map<string, Hash[]>();
  const serial = createSerial();
  return {
    read: async ({ log, index }) => {
      const [leaf] = await deps.ledger.logs.leaves(log, { from: index, limit: 1 });
      return leaf?.index === index ? decodeLeaf(leaf.bytes) : undefined;
    },
    prove: (place, size) => serial(() => prove(deps, runs, place, size)),
  };
}

async function prove(
  deps: LeafProofDeps,
  runs: Map<string, Hash[]>,
  { log, index }: LeafPlace,
  size?: number,
): Promise<ProvenLeaf> {
  const newest = await newestHead(deps, log);
  if (
    newest === undefined ||
    (size ?? newest.size) > newest.size ||
    index >= (size ?? newest.size)
  ) {
    throw new StrongroomError("NotFound", "no head of that size has that leaf");
  }
  const whole = await rootsOf(deps, runs, log, newest.size);
  if (toHex(whole.root()) !== newest.root) {
    throw tampered();
  }
  const tree = size === undefined ? whole : await rootsOf(deps, runs, log, size);
  const head = size === undefined ? newest : { log, size, root: toHex(tree.root()) };
  return { head, ...(await proveUnder(deps, head, tree, index)) };
}

async function proveUnder(
  deps: LeafProofDeps,
  { log, size, root }: ProvenLeaf["head"],
  tree: MerkleTree,
  index: number,
): Promise<Omit<ProvenLeaf, "head">> {
  const first = Math.floor(index / runLength) * runLength;
  const run = await readRun(deps, log, first, Math.min(first + runLength, size));
  const bytes = run.leaves[index - first]?.bytes;
  if (bytes === undefined) {
    throw tampered();
  }
  const leaf = leafHash(bytes);
  const path = [
    ...run.tree.inclusionProof(index - first),
    ...tree.inclusionProof(Math.floor(index / runLength)),
  ];
  // The run was read once more: what is answered is what is under the head.
  if (!verifyInclusion({ index, size, leaf, path, root: fromHex(root) })) {
    throw tampered();
  }
  const proof = { index, leafHash: toHex(leaf), path: path.map(toHex) };
  return { proof, leaf: decodeLeaf(bytes) };
}

function tampered(): StrongroomError {
  return new StrongroomError("StoreTampered", "a log is not what the HSM signed");
}

async function newestHead(
  { ledger, heads, clock }: LeafProofDeps,
  log: string,
): Promise<SignedHead | undefined> {
  if (log === ledger.log) {
    return ledger.head();
  }
  const anchored = (await heads.heads()).find((head) => head.log === log);
  if (anchored === undefined) {
    return undefined;
  }
  const head = { log, size: anchored.size, root: anchored.root, time: clock.now().getTime() };
  return { ...head, signature: toBase64url(await heads.signHead(head, [])) };
}

/** The tree over the first `size` leaves of a log, whose own leaves are the roots of runs. */
async function rootsOf(
  deps: LeafProofDeps,
  runs: Map<string, Hash[]>,
  log: string,
  size: number,
): Promise<MerkleTree> {
  const known = runs.get(log) ?? [];
  remember(runs, log, known);
  while ((known.length + 1) * runLength <= size) {
    const first = known.length * runLength;
    known.push((await readRun(deps, log, first, first + runLength)).tree.root());
  }
  const complete = Math.floor(size / runLength);
  const tree = new MerkleTree();
  for (const root of known.slice(0, complete)) {
    tree.append(root);
  }
  if (complete * runLength < size) {
    tree.append((await readRun(deps, log, complete * runLength, size)).tree.root());
  }
  return tree;
}

async function readRun({ ledger }: LeafProofDeps, log: string, from: number, end: number) {
  const leaves = await ledger.logs.leaves(log, { from, limit: end - from });
  const tree = new MerkleTree();
  for (const { bytes } of leaves) {
    tree.append(leafHash(bytes));
  }
  return { leaves, tree };
}

function remember(runs: Map<string, Hash[]>, log: string, known: Hash[]): void {
  runs.delete(log);
  runs.set(log, known);
  const oldest = runs.keys().next();
  if (runs.size > keptLogs && !oldest.done) {
    runs.delete(oldest.value);
  }
}
