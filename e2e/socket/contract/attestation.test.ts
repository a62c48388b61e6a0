// SPDX-License-Identifier: Apache-2.0
/** The contract of `@azure/attestation`'s AttestationClient: quotes, a TPM's evidence, the authority's keys, its discovery document. */

import { X509Certificate } from "node:crypto";
import { AttestationClient } from "@azure/attestation";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { fromBase64url } from "@strongroom/core";
import { decodeJwt } from "jose";
import { collectEvidence, nonceFor } from "../fixtures/machine.ts";
import { hostOf, issuer } from "../fixtures/names.ts";
import { quoteBody, wrapRuntime } from "../fixtures/tee.ts";
import { type AzureAuthority, credentialOf, startAzureAuthority } from "./azure-authority.ts";
import { describeContract, type MethodContract, refusalOf, watch } from "./contract.ts";
import { type Loopback, openLoopback } from "./loopback.ts";

let authority: AzureAuthority;
let loopback: Loopback;

beforeAll(async () => {
  authority = await startAzureAuthority();
  const { installation } = authority;
  loopback = openLoopback(installation.ca());
  await installation.putVault({ name: "shop", epoch: 1 });
}, 120_000);
afterAll(async () => {
  loopback[Symbol.dispose]();
  await authority[Symbol.asyncDispose]();
});

const clientOf = (token: () => Promise<string>) =>
  watch(new AttestationClient(authority.endpoint, credentialOf(token)));
const asClient = () => clientOf(() => authority.installation.oidc.token("client"));
const asNode = () => clientOf(async () => authority.machine.pluginToken);
const asNobody = () => watch(new AttestationClient(authority.endpoint));
/** Of nobody, at a host that is a vault's. */
const elsewhere = () => {
  const url = `https://${hostOf("shop")}:${authority.installation.vault.port}`;
  return watch(new AttestationClient(url, loopback.options));
};

/** What is quoted by the node's TPM over a nonce of its own. */
async function tpmEvidence() {
  const { installation, machine } = authority;
  const nonce = await nonceFor(installation, machine.pluginToken);
  return await collectEvidence(machine, { nonce });
}

const runtime = wrapRuntime({ purpose: "contract" });
const other = wrapRuntime({ purpose: "another" });
const quote = () => fromBase64url(quoteBody(runtime, "sgx3").quote);
/** The quote behind Open Enclave's header. */
function report(): Uint8Array {
  const bytes = quote();
  const whole = new Uint8Array(16 + bytes.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, 1, true);
  view.setUint32(4, 2, true);
  view.setBigUint64(8, BigInt(bytes.length), true);
  whole.set(bytes, 16);
  return whole;
}
const aboutEnclave = {
  ...{ issuer, isDebuggable: false, runTimeClaims: runtime.value },
  ...{ mrEnclave: expect.stringMatching(/^[0-9a-f]{64}$/), productId: expect.any(Number) },
};

const methods: Record<string, MethodContract> = {
  attestSgxEnclave: {
    success: {
      name: "says what the enclave is and what it was given, in a token that the client verifies by our keys",
      run: async () => {
        const { body, token } = await asClient().attestSgxEnclave(quote(), {
          runTimeJson: runtime.bytes,
        });
        expect(body).toMatchObject(aboutEnclave);
        expect(decodeJwt(token.serialize())).toMatchObject({
          ...{ "x-ms-attestation-type": "sgx", "x-strongroom-fresh": false },
        });
        const held = await asClient().attestSgxEnclave(quote(), { runTimeData: runtime.bytes });
        expect(Buffer.from(held.body.enclaveHeldData ?? [])).toEqual(Buffer.from(runtime.bytes));
      },
    },
    refusal: {
      name: "refuses data that the quote is not bound to, no quote or no data, and a draft of a policy",
      run: async () => {
        const attest = (bytes: Uint8Array, options: object) =>
          refusalOf(() => asClient().attestSgxEnclave(bytes, options));
        expect(await attest(quote(), { runTimeJson: other.bytes })).toBe("403 Forbidden");
        expect(await attest(new Uint8Array(64), { runTimeJson: runtime.bytes })).toBe(
          "403 Forbidden",
        );
        expect(await attest(quote(), {})).toBe("400 BadParameter");
        const more = async (options: object) =>
          await attest(quote(), { runTimeJson: runtime.bytes, ...options });
        expect(await more({ initTimeJson: other.bytes })).toBe("403 Forbidden");
        expect(await more({ draftPolicyForAttestation: "version=1.0;" })).toBe("400 BadParameter");
      },
    },
  },
  attestOpenEnclave: {
    success: {
      name: "takes the quote behind Open Enclave's header",
      run: async () => {
        const { body } = await asClient().attestOpenEnclave(report(), {
          runTimeJson: runtime.bytes,
        });
        expect(body).toMatchObject(aboutEnclave);
      },
    },
    refusal: {
      name: "refuses a bare quote, and data that the quote is not bound to",
      run: async () => {
        const attest = (bytes: Uint8Array, runTimeJson: Uint8Array) =>
          refusalOf(() => asClient().attestOpenEnclave(bytes, { runTimeJson }));
        expect(await attest(quote(), runtime.bytes)).toBe("400 BadParameter");
        expect(await attest(report(), other.bytes)).toBe("403 Forbidden");
      },
    },
  },
  attestTpm: {
    success: {
      name: "answers a node's plugin the token of its enrolled TPM",
      run: async () => {
        const evidence = await tpmEvidence();
        const answer = await asNode().attestTpm(JSON.stringify(evidence));
        expect(decodeJwt(JSON.parse(answer).token)).toMatchObject({
          ...{ "x-ms-attestation-type": "tpm", "x-strongroom-fresh": true },
          "x-strongroom-node-name": "one",
        });
      },
    },
    refusal: {
      name: "refuses Windows' protocol, a nonce that was used, and who is no node",
      run: async () => {
        const attest = (client: AttestationClient, request: object) =>
          refusalOf(() => client.attestTpm(JSON.stringify(request)));
        expect(await attest(asNode(), { payload: { type: "aikcert" } })).toBe("400 BadParameter");
        const evidence = await tpmEvidence();
        expect(await attest(asClient(), evidence)).toBe("403 Forbidden");
        expect(await attest(asNode(), evidence)).toBe("nothing was refused");
        expect(await attest(asNode(), evidence)).toBe("400 BadParameter");
      },
    },
  },
  getAttestationSigners: {
    success: {
      name: "gives anybody the keys, each with a certificate",
      run: async () => {
        const [signer] = await asNobody().getAttestationSigners();
        const { subject, publicKey } = new X509Certificate(signer?.certificates[0] ?? "");
        expect(signer?.keyId).toMatch(/^[\w-]{43}$/);
        expect([subject, publicKey.asymmetricKeyDetails?.namedCurve]).toEqual([
          "CN=Strongroom attestation",
          "prime256v1",
        ]);
      },
    },
    refusal: {
      name: "is not there on a vault's host",
      run: async () => {
        expect(await refusalOf(() => elsewhere().getAttestationSigners())).toBe("404 NotFound");
      },
    },
  },
  getOpenIdMetadata: {
    success: {
      name: "names the issuer and where its keys are",
      run: async () => {
        expect(await asNobody().getOpenIdMetadata()).toMatchObject({
          ...{ issuer, jwks_uri: `${issuer}/certs` },
          id_token_signing_alg_values_supported: ["ES256"],
        });
      },
    },
    refusal: {
      name: "is not there on a vault's host",
      run: async () => {
        expect(await refusalOf(() => elsewhere().getOpenIdMetadata())).toBe("404 NotFound");
      },
    },
  },
};

describeContract({ client: AttestationClient, methods, internal: ["_signingKeys"] });
