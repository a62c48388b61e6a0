// SPDX-License-Identifier: Apache-2.0
/** Release of one object with a token of our own authority: for a pod on the attested node, who proves that it holds the node's key. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { proofHeaderName, proofType } from "@strongroom/api";
import { utf8 } from "@strongroom/core";
import { compactDecrypt, decodeJwt, SignJWT } from "jose";
import { signProof } from "../../csi-driver/src/release/proof.ts";
import type { Answer } from "./fixtures/exchange.ts";
import { hostOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { payloadOf } from "./fixtures/releasing-vault.ts";
import { openShop, type Shop } from "./fixtures/shop.ts";

const path = "/secrets/db-password/release";

/** What is other than it should be. */
interface Changes {
  readonly token?: string;
  readonly provenPath?: string;
  readonly provenBody?: string;
  readonly jti?: string;
  readonly proof?: "none";
}

describe("a release of one object with a token of our own", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  }, 90_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  const proofOf = async (body: string, changes: Changes): Promise<string> => {
    const { session, vault, podToken } = shop;
    const { privateKey, kid } = session.keys.verify;
    const claims = { vaultUid: vault.uid, podToken, target: session.token, at: new Date() };
    const jti = changes.jti ?? randomUUID();
    const signed = await signProof(session.keys.verify, { ...claims, body: utf8(body), jti });
    return await new SignJWT({ ...decodeJwt(signed), htu: changes.provenPath ?? path })
      .setProtectedHeader({ alg: "ES256", typ: proofType, kid })
      .sign(privateKey);
  };
  const ask = async (changes: Changes = {}): Promise<Answer> => {
    const body = JSON.stringify({ target: shop.session.token });
    const proof = await proofOf(changes.provenBody ?? body, changes);
    return await shop.installation.send({
      ...{ serverName: hostOf(shop.vault.name), method: "POST", body },
      path: `${path}?api-version=7.5`,
      token: changes.token ?? shop.podToken,
      headers: changes.proof === "none" ? {} : { [proofHeaderName]: proof },
    });
  };

  it("is encrypted to the node's key for key agreement, for this very proof", async () => {
    const jti = randomUUID();
    const { status, body } = await ask({ jti });
    expect(status).toBe(200);
    const { secret } = payloadOf(body.value).response;
    const { deriveKey } = shop.session.keys;
    const { plaintext, protectedHeader } = await compactDecrypt(secret.jwe, deriveKey.privateKey);
    expect(Buffer.from(plaintext).toString()).toBe("value of db-password");
    expect(protectedHeader).toMatchObject({
      ...{ alg: "ECDH-ES+A256KW", kid: deriveKey.kid },
      ...{ "strongroom.id": secret.id, "strongroom.jti": jti },
    });
  });

  it.each<[string, "ProofInvalid" | "NodeMismatch" | "Forbidden", () => Promise<Changes>]>([
    ["no proof", "ProofInvalid", async () => ({ proof: "none" })],
    [
      "a proof for the batch",
      "ProofInvalid",
      async () => ({ provenPath: "/strongroom/v1/release" }),
    ],
    [
      "a proof for another object",
      "ProofInvalid",
      async () => ({ provenPath: "/secrets/db-x/release" }),
    ],
    ["a proof for another body", "ProofInvalid", async () => ({ provenBody: "{}" })],
    [
      "a person's token",
      "NodeMismatch",
      async () => ({ token: await shop.installation.oidc.token("officer") }),
    ],
    [
      "a token without a role",
      "Forbidden",
      async () => ({ token: await shop.installation.oidc.token("nobody") }),
    ],
  ])("is refused with %s", async (_name, code, changes) => {
    const changed = await changes();
    await expectRefused(shop.installation.folders.storeFile, () => ask(changed), {
      ...{ code, operation: "SecretRelease" },
    });
  });

  it("takes each proof once", async () => {
    const jti = randomUUID();
    expect((await ask({ jti })).status).toBe(200);
    await expectRefused(shop.installation.folders.storeFile, () => ask({ jti }), {
      ...{ code: "ProofReplayed", operation: "SecretRelease" },
    });
  });
});
