// SPDX-License-Identifier: Apache-2.0
/** Mints TCB info, identity and revocation lists for the quotes of an Intel of our own. Intel PCS API version 4. */

import type { KeyObject } from "node:crypto";
import { pemOf } from "./der.ts";
import { type IntelPki, mintIntelCrl } from "./intel-pki.ts";
import { intelPlatform } from "./intel-platform.ts";
import { type IntelQuoteKind, intelBodyShape, intelQeSigner, signRaw } from "./intel-quote.ts";

/** What shall be different in endorsements. */
export interface IntelEndorsementChanges {
  /** Changes the statement before it is signed. */
  readonly tcbInfo?: (info: IntelStatement) => void;
  readonly identity?: (identity: IntelStatement) => void;
  /** Signs statements in the signer's place. */
  readonly signerKey?: KeyObject;
  readonly rootCrl?: Uint8Array;
  readonly pckCrl?: Uint8Array;
}

/** A statement that may be changed at will. */
// biome-ignore lint/suspicious/noExplicitAny: a test that makes faults writes what no type of ours allows
export type IntelStatement = any;

/** Endorsements of such a quote, as DCAP libraries bundle them: JSON text. */
export function mintIntelEndorsements(
  kind: IntelQuoteKind,
  pki: IntelPki,
  changes: IntelEndorsementChanges = {},
): Record<string, string> {
  const isTd = intelBodyShape(kind) !== "sgx";
  const info = tcbInfo(isTd);
  const identity = qeIdentity(isTd);
  changes.tcbInfo?.(info);
  changes.identity?.(identity);
  const state = (value: unknown) => {
    const text = JSON.stringify(value);
    return [text, signIntelStatement(text, pki, changes.signerKey)] as const;
  };
  const [infoText, infoSignature] = state(info);
  const [identityText, identitySignature] = state(identity);
  const hex = (der: Uint8Array) => Buffer.from(der).toString("hex");
  const signers = [pki.signer.der, pki.root.der].map(toPem).join("");
  return {
    pck_crl_issuer_chain: [pki.ca.der, pki.root.der].map(toPem).join(""),
    root_ca_crl: hex(changes.rootCrl ?? mintIntelCrl({ issuer: pki.root })),
    pck_crl: hex(changes.pckCrl ?? mintIntelCrl({ issuer: pki.ca })),
    tcb_info_issuer_chain: signers,
    ...{ tcb_info: infoText, tcb_info_signature: infoSignature },
    qe_identity_issuer_chain: signers,
    ...{ qe_identity: identityText, qe_identity_signature: identitySignature },
  };
}

/** The signer's signature over a statement's text, hexadecimal. */
export function signIntelStatement(text: string, pki: IntelPki, key = pki.signer.key): string {
  return signRaw(Buffer.from(text), key).toString("hex");
}

const dates = { issueDate: "2026-05-01T00:00:00Z", nextUpdate: "2026-07-01T00:00:00Z" } as const;
const standing = { tcbDate: "2026-01-01T00:00:00Z", tcbStatus: "UpToDate" } as const;

function tcbInfo(isTd: boolean): IntelStatement {
  const svns = (list: readonly number[]) => list.map((svn) => ({ svn }));
  const module = {
    mrsigner: "00".repeat(48),
    attributes: "00".repeat(8),
    attributesMask: "ff".repeat(8),
  };
  const level = (svn: number, tcbStatus: string, tcbDate: string) => ({
    tcb: {
      sgxtcbcomponents: svns(intelPlatform.components.map((own) => Math.min(own, svn))),
      pcesvn: intelPlatform.pceSvn,
      ...(isTd ? { tdxtcbcomponents: svns([4, 0, 2, ...Array<number>(13).fill(0)]) } : {}),
    },
    ...{ tcbDate, tcbStatus },
  });
  return {
    ...{ id: isTd ? "TDX" : "SGX", version: 3, ...dates },
    ...{ fmspc: intelPlatform.fmspc, pceId: intelPlatform.pceId },
    ...{ tcbType: 0, tcbEvaluationDataNumber: 20 },
    ...(isTd
      ? {
          tdxModule: module,
          tdxModuleIdentities: [
            { id: "TDX_01", ...module, tcbLevels: [{ tcb: { isvsvn: 4 }, ...standing }] },
          ],
        }
      : {}),
    tcbLevels: [
      level(5, "UpToDate", standing.tcbDate),
      level(3, "OutOfDate", "2024-01-01T00:00:00Z"),
    ],
  };
}

function qeIdentity(isTd: boolean): IntelStatement {
  return {
    ...{ id: isTd ? "TD_QE" : "QE", version: 2, ...dates, tcbEvaluationDataNumber: 20 },
    ...{ miscselect: "00000000", miscselectMask: "FFFFFFFF" },
    attributes: `11${"00".repeat(15)}`,
    attributesMask: `FB${"FF".repeat(7)}${"00".repeat(8)}`,
    ...{ mrsigner: intelQeSigner, isvprodid: 2 },
    tcbLevels: [{ tcb: { isvsvn: 4 }, ...standing }],
  };
}

function toPem(der: Uint8Array): string {
  return pemOf("CERTIFICATE", der);
}
