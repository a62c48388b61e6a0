// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { toBase64url, utf8 } from "../bytes.ts";
import { type SignerKey, signerAlgorithms, signerId } from "./signer-key.ts";
import { type GeneralJws, signingInput, verifySigners } from "./verify-signers.ts";

const typ = "test+jws";

interface Signer {
  readonly jwk: SignerKey;
  readonly key: KeyObject;
}

function makeSigner(crv: SignerKey["crv"] = "P-256"): Signer {
  const { publicKey, privateKey } =
    crv === "Ed25519"
      ? generateKeyPairSync("ed25519")
      : generateKeyPairSync("ec", { namedCurve: crv });
  return { jwk: publicKey.export({ format: "jwk" }) as SignerKey, key: privateKey };
}

function addSignature(jws: GeneralJws, { jwk, key }: Signer, header: object = {}): GeneralJws {
  const { alg, hash } = signerAlgorithms[jwk.crv];
  const text = JSON.stringify({ alg, kid: signerId(jwk), typ, ...header });
  const entry = { protected: toBase64url(utf8(text)) };
  const signature = sign(hash, signingInput(jws, entry), { key, dsaEncoding: "ieee-p1363" });
  const signed = { ...entry, signature: toBase64url(signature) };
  return { ...jws, signatures: [...jws.signatures, signed] };
}

const [anna, bert, cleo] = [makeSigner(), makeSigner("P-384"), makeSigner("Ed25519")];
const signers = { threshold: 2, keys: [anna.jwk, bert.jwk, cleo.jwk] };
const draft: GeneralJws = { payload: toBase64url(utf8('{"a":1}')), signatures: [] };
const by = (...people: readonly Signer[]) =>
  people.reduce((jws, person) => addSignature(jws, person), draft);
const verdictOf = (jws: GeneralJws) => verifySigners(jws, typ, signers);

describe("verifySigners", () => {
  it("names the thumbprint of RFC 7638 for a key of its section on EC keys", () => {
    // RFC 8037, appendix A.3.
    const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    expect(signerId({ kty: "OKP", crv: "Ed25519", x })).toBe(
      "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    );
  });

  it("counts signers of ES256, ES384 and EdDSA, and takes the threshold or more", () => {
    for (const pair of [
      [anna, bert],
      [bert, cleo],
      [cleo, anna],
      [anna, bert, cleo],
    ]) {
      const ids = pair.map(({ jwk }) => signerId(jwk)).sort();
      expect(verdictOf(by(...pair))).toEqual({ kind: "signed", by: ids });
    }
  });

  it("refuses fewer than the threshold, and strangers do not count", () => {
    const reason = "signed by 1 of the signers, 2 are needed";
    expect(verdictOf(by(anna))).toEqual({ kind: "refused", reason });
    expect(verdictOf(by(anna, makeSigner()))).toEqual({ kind: "refused", reason });
    expect(verdictOf(draft).kind).toBe("refused");
  });

  it("passes by signatures of keys that are no signers' where there are enough", () => {
    expect(verdictOf(by(makeSigner(), anna, bert)).kind).toBe("signed");
  });

  it("counts nobody twice", () => {
    expect(verdictOf(by(anna, anna)).kind).toBe("refused");
    expect(verdictOf(by(anna, anna, bert)).kind).toBe("refused");
  });

  it("refuses the whole for one signature that is of another payload", () => {
    const other = { ...by(anna, bert, cleo), payload: toBase64url(utf8('{"a":2}')) };
    expect(verdictOf(other).kind).toBe("refused");
    const mixed = { ...draft, signatures: [...by(anna, bert).signatures, ...by(cleo).signatures] };
    expect(verdictOf(mixed).kind).toBe("signed");
    const [damaged] = addSignature({ ...draft, payload: "AAAA" }, cleo).signatures;
    const withDamage = { ...draft, signatures: [...by(anna, bert).signatures, damaged ?? never()] };
    expect(verdictOf(withDamage).kind).toBe("refused");
  });

  it("refuses another type, another algorithm than the key's, and every further header parameter", () => {
    for (const header of [
      { typ: "strongroom-order+jws" },
      { alg: "ES384" },
      { alg: "none" },
      { crit: ["b64"], b64: false },
      { jwk: makeSigner().jwk },
    ]) {
      expect(verdictOf(addSignature(by(bert, cleo), anna, header)).kind).toBe("refused");
    }
  });
});

function never(): never {
  throw new Error("there is one");
}
