// SPDX-License-Identifier: Apache-2.0
/** What the authority last decided about each node, for people. Nothing is decided by it, and a restart begins anew. */

import {
  type EvidenceKind,
  maxListedNodes,
  type NodeContest,
  type NodeVerdict,
  type TrustClass,
} from "@strongroom/api";
import { fromBase64url, fromUtf8, isStrongroomError, parseJson } from "@strongroom/core";
import type { BoundPod } from "../identity/caller.ts";
import type { Claims } from "./evidence/evidence.ts";
import type { TokenClaims } from "./token/issue-token.ts";

/** The verdicts. */
export interface NodeVerdicts {
  readonly accepted: (node: BoundPod, accepted: AcceptedNode) => void;
  readonly refused: (node: BoundPod, kind: EvidenceKind, error: unknown, at: Date) => void;
  /**
   * Somebody else claimed to be the node or its device, or the node claimed another's; shown for a day.
   *
   * @param otherUid The node with which it is contested, where that is another.
   */
  readonly contested: (nodeUid: string, contest: NodeContest, otherUid?: string) => void;
  /** An administrator freed the node's binding: what was contested about it is settled, at the other node too. */
  readonly settled: (nodeUid: string) => void;
  readonly all: (at: Date) => readonly NodeVerdict[];
  /** The claims that were last verified of a node, by its name or uid; nothing where none were since the start. */
  readonly claimsOf: (node: string) => VerifiedNode | undefined;
}

/** A node with the claims of its last token. */
export interface VerifiedNode extends Pick<NodeVerdict, "nodeName" | "nodeUid" | "kind"> {
  readonly claims: TokenClaims;
  /** What was decided about it since. */
  readonly lastVerdict: string;
}

/** What was accepted of a node. */
export interface AcceptedNode {
  readonly kind: EvidenceKind;
  readonly claims: TokenClaims;
  /** Which says the claims, as it was issued. */
  readonly token: string;
  readonly root: string;
  readonly device: string | undefined;
  readonly at: Date;
}

/** How long a contest is shown after the last claim, in milliseconds. */
const contestShownMs = 24 * 3_600_000;

/** Nodes of which claims are kept, and characters of one's, which are 64 KiB in base64url: some 5 MB as a rule. */
const keptClaims = { nodes: 1_024, length: 87_382 } as const;

/** No verdict yet. */
export function createNodeVerdicts(): NodeVerdicts {
  const verdicts = new Map<string, NodeVerdict>();
  const contests = new Map<string, { readonly contest: NodeContest; readonly otherUid?: string }>();
  // Payloads of tokens: they are texts already, and take less room than what they say.
  const payloads = new Map<string, string>();
  const remember = (verdict: NodeVerdict) => {
    setNewest(verdicts, [verdict.nodeUid, verdict], maxListedNodes);
  };
  return {
    accepted: ({ nodeName, nodeUid }, { kind, claims, token, root, device, at }) => {
      const tier = textOf(claims["x-strongroom-tier"]);
      const trustClass = textOf(claims["x-strongroom-class"]) as TrustClass | undefined;
      const tcb = tcbOf(claims);
      const eventLog = eventLogOf(kind, claims);
      const [, payload = ""] = token.split(".");
      payloads.delete(nodeUid);
      if (payload.length <= keptClaims.length) {
        setNewest(payloads, [nodeUid, payload], keptClaims.nodes);
      }
      remember({
        ...{ nodeName, nodeUid, kind, verdict: "Attested", at: at.getTime(), root },
        ...(tier && { tier }),
        ...(trustClass && { class: trustClass }),
        ...(tcb && { tcb }),
        ...(eventLog && { eventLog }),
        ...(device && { device }),
      });
    },
    refused: ({ nodeName, nodeUid }, kind, error, at) => {
      const verdict = isStrongroomError(error) ? error.code : "Internal";
      remember({ nodeName, nodeUid, kind, verdict, at: at.getTime() });
    },
    contested: (nodeUid, contest, otherUid) => {
      const known = { contest, ...(otherUid !== undefined && { otherUid }) };
      setNewest(contests, [nodeUid, known], maxListedNodes);
    },
    settled: (nodeUid) => {
      for (const [uid, { otherUid }] of contests) {
        if (uid === nodeUid || otherUid === nodeUid) {
          contests.delete(uid);
        }
      }
    },
    all: (at) =>
      [...verdicts.values()].map((verdict) => {
        const contested = contests.get(verdict.nodeUid)?.contest;
        const isShown = contested !== undefined && at.getTime() - contested.at < contestShownMs;
        return isShown ? { ...verdict, contested } : verdict;
      }),
    claimsOf: (node) => {
      // A node that was made anew has its old one's name: the last to be heard of is the one that runs.
      const known = [...verdicts.values()].findLast(
        ({ nodeName, nodeUid }) => nodeUid === node || nodeName === node,
      );
      const payload = known && payloads.get(known.nodeUid);
      if (known === undefined || payload === undefined) {
        return undefined;
      }
      const { nodeName, nodeUid, kind, verdict } = known;
      return {
        nodeName,
        nodeUid,
        kind,
        lastVerdict: verdict,
        claims: parseJson(fromUtf8(fromBase64url(payload))) as TokenClaims,
      };
    },
  };
}

function setNewest<T>(
  map: Map<string, T>,
  [key, value]: readonly [string, T],
  limit: number,
): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > limit && !oldest.done) {
    map.delete(oldest.value);
  }
}

/** Kinds whose evidence may have a log of what was measured. */
const kindsWithLog: readonly EvidenceKind[] = ["AzureGuest", "TdxVm", "Tpm"];

/** A log that was proved says in which bank; one that was not says nothing. */
function eventLogOf(kind: EvidenceKind, claims: Claims): NodeVerdict["eventLog"] {
  if (!kindsWithLog.includes(kind)) {
    return undefined;
  }
  return claims["x-strongroom-event-log-bank"] === undefined ? "Missing" : "Proven";
}

/** In a few words: security versions of SNP's firmware, Intel's word for TDX and SGX, a TPM's firmware. */
function tcbOf(claims: Claims): string | undefined {
  const inner = claims["x-ms-isolation-tee"];
  const tee = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : claims;
  const of = (name: string) => textOf((tee as Claims)[name]);
  const microcode = of("x-ms-sevsnpvm-microcode-svn");
  if (microcode !== undefined) {
    const [bootLoader, snp] = ["bootloader", "snpfw"].map((part) =>
      of(`x-ms-sevsnpvm-${part}-svn`),
    );
    return `microcode ${microcode}, snp ${snp}, boot loader ${bootLoader}`;
  }
  const tpm = claims["x-strongroom-tpm"];
  const firmware =
    typeof tpm === "object" && tpm !== null && !Array.isArray(tpm)
      ? textOf((tpm as Claims)["firmware-version"])
      : undefined;
  return textOf(claims["x-strongroom-tcb-status"]) ?? (firmware && `firmware ${firmware}`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
