// SPDX-License-Identifier: Apache-2.0
/** Random bytes, release, and the client for operations. */

import { createPrivateKey, sign } from "node:crypto";
import { expect } from "@jest/globals";
import { decodeJwt } from "jose";
import { type MethodContract, refusalOf } from "../contract.ts";
import { releasePolicyFor } from "../importable-keys.ts";
import { cryptography, digest, maa, makeVersions, nobody, officer } from "./clients.ts";

/** As much of an envelope as is looked at here; the rest is looked at where keys are released one by one. */
interface Envelope {
  readonly request: object;
  readonly response: { readonly key: { readonly key: { readonly key_hsm: string } } };
}

/** Their contract. */
export const release: Readonly<Record<string, MethodContract>> = {
  getRandomBytes: {
    success: {
      name: "answers as many bytes as were asked for, other ones each time",
      run: async () => {
        const [one, two] = [
          await officer().getRandomBytes(128),
          await officer().getRandomBytes(128),
        ];
        expect([one.length, Buffer.from(one).equals(two)]).toEqual([128, false]);
      },
    },
    refusal: {
      name: "is refused for more bytes, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().getRandomBytes(129))).toBe("400 BadParameter");
        expect(await refusalOf(() => nobody().getRandomBytes(1))).toBe("403 Forbidden");
      },
    },
  },
  releaseKey: {
    success: {
      name: "answers a signed envelope whose key only the attested environment opens",
      run: async () => {
        const releasePolicy = { encodedPolicy: releasePolicyFor("sevsnpvm") };
        const options = { hsm: true, exportable: true, releasePolicy };
        const made = await officer().createRsaKey("release", options);
        const enc = "RSA_AES_KEY_WRAP_256";
        const { value } = await officer().releaseKey("release", await maa().token(), {
          ...{ algorithm: enc, nonce: "client nonce" },
        });
        const { request, response } = decodeJwt(value) as unknown as Envelope;
        expect(request).toEqual({
          ...{ "api-version": expect.any(String), enc, nonce: "client nonce" },
          kid: made.id?.replace(/\/[^/]+$/, ""),
        });
        const { ciphertext } = JSON.parse(
          Buffer.from(response.key.key.key_hsm, "base64url").toString(),
        );
        const pkcs8 = maa().unwrap(Buffer.from(ciphertext, "base64url"), enc);
        const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
        const digestSigned = sign("sha256", Buffer.from("message"), key);
        const check = await cryptography("officer", made).verify("RS256", digest, digestSigned);
        expect(check.result).toBe(true);
      },
    },
    refusal: {
      name: "is refused for a key that is not exportable, another environment, and no role",
      run: async () => {
        const [good, other] = [
          await maa().token(),
          await maa().token({ "x-ms-attestation-type": "tdxvm" }),
        ];
        await officer().createEcKey("not-released");
        const refused = (name: string, token: string, client = officer()) =>
          refusalOf(() => client.releaseKey(name, token));
        expect(await refused("not-released", good)).toBe("403 Forbidden");
        expect(await refused("release", other)).toBe("403 Forbidden");
        expect(await refused("release", good, nobody())).toBe("403 Forbidden");
        expect(await refused("release", "token")).toBe("403 Forbidden");
        expect(await refused("no-such-key", good)).toBe("404 KeyNotFound");
      },
    },
  },
  getCryptographyClient: {
    success: {
      name: "gives a client for the current version, and for an old one",
      run: async () => {
        const [first] = await makeVersions("client");
        const signed = await officer().getCryptographyClient("client").sign("ES256", digest);
        expect(signed.result.length).toBe(64);
        const keyVersion = first ?? "";
        const old = officer().getCryptographyClient("client", { keyVersion });
        expect((await old.verify("ES256", digest, signed.result)).result).toBe(false);
      },
    },
    refusal: {
      name: "gives one to who has no role, and its operations are refused",
      run: async () => {
        const client = nobody().getCryptographyClient("client");
        expect(await refusalOf(() => client.sign("ES256", digest))).toBe("403 Forbidden");
      },
    },
  },
};
