// SPDX-License-Identifier: Apache-2.0
/** What a charter governs is governed on every way out: keys' operations, certificates' faces, data keys, tokens of other authorities. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  charterRoles,
  makeSigner,
  ownPolicy,
  signersOf,
  signStatement,
} from "./fixtures/charter.ts";
import { issuer } from "./fixtures/names.ts";
import {
  policyFor,
  type ReleasingVault,
  releasingVault,
  startReleasingVault,
} from "./fixtures/releasing-vault.ts";
import { secureWrapping } from "./fixtures/secure-wrapping.ts";

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const signed = ownPolicy({ claim: "x-ms-ver", equals: "1.0" });

describe("a charter that governs keys and certificates, and no secret", () => {
  const signer = makeSigner();
  let vault: ReleasingVault;
  let serial = 0;

  beforeAll(async () => {
    vault = await startReleasingVault();
  }, 240_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  const call: ReleasingVault["call"] = (...args) => vault.call(...args);
  const outcome = async (answer: ReturnType<ReleasingVault["call"]>) => {
    const { status, body } = await answer;
    return body?.error?.innererror?.code ?? status;
  };
  const pin = async (kinds: readonly string[]) => {
    const { uid, installation } = vault;
    serial += 1;
    const charter = {
      ...{ version: 1, vault: uid, serial, expires: 4_000_000_000, onExpiry: "hold" },
      signers: signersOf(1, [signer]),
      authorities: [{ name: "a", issuer, roots: ["ab".repeat(32)], classes: ["hardware"] }],
      policies: [{ name: "p", selector: { kinds, names: ["signed-*"] }, policy: signed }],
    };
    const roleAssignments = charterRoles(installation.oidc).slice(1) as never[];
    const spec = { roleAssignments, charter: signStatement(charter, [signer]) };
    await installation.putVault({ name: releasingVault, uid, spec });
  };
  const makeKey = (name: string) =>
    call("POST", `/keys/${name}/create`, {
      ...{ kty: "EC", attributes: { exportable: true } },
      release_policy: { data: encode(policyFor({ claim: "x-ms-ver", equals: "1.0" })) },
    });
  const digest = { alg: "ES256", value: Buffer.alloc(32, 1).toString("base64url") };
  const sign = (name: string) => outcome(call("POST", `/keys/${name}/sign`, digest));

  it("gives nothing to tokens of other authorities any more, which gave it before", async () => {
    const keys = secureWrapping(vault);
    await makeKey("free");
    await keys.make("wrapping", "oct-HSM");
    const { value } = await keys.wrap("wrapping", "A256KW");
    const unwrap = () => outcome(keys.unwrap("/keys/wrapping", { alg: "A256KW", value }));
    const release = () => outcome(vault.release("/keys/free"));
    expect([await release(), await unwrap()]).toEqual([200, 200]);
    await pin(["keys"]);
    expect([await release(), await unwrap()]).toEqual(["PolicyDenied", "PolicyDenied"]);
  });

  it("keeps the private half of a key that it selects from every operation, and of no other", async () => {
    await makeKey("signed-key");
    expect(await sign("signed-key")).toBe("ReleaseRequired");
    expect(await sign("free")).toBe(200);
    const verify = {
      ...digest,
      digest: digest.value,
      value: Buffer.alloc(64).toString("base64url"),
    };
    expect(await outcome(call("POST", "/keys/signed-key/verify", verify))).toBe(200);
  });

  it("keeps all faces of a certificate that it selects by one", async () => {
    await pin(["certificates"]);
    for (const name of ["signed-web", "free-web"]) {
      await call("POST", `/certificates/${name}/create`, {
        policy: {
          issuer: { name: "Self" },
          key_props: { kty: "EC", crv: "P-256", exportable: true, reuse_key: false },
          secret_props: { contentType: "application/x-pem-file" },
          x509_props: { subject: "CN=web" },
        },
      });
      for (let tries = 0; tries < 300; tries += 1) {
        if ((await call("GET", `/certificates/${name}`)).body.cer !== undefined) {
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    expect(await outcome(call("GET", "/certificates/signed-web"))).toBe(200);
    expect(await outcome(call("GET", "/secrets/signed-web"))).toBe("ReleaseRequired");
    expect(await sign("signed-web")).toBe("ReleaseRequired");
    expect(await outcome(call("GET", "/secrets/free-web"))).toBe(200);
    expect(await sign("free-web")).toBe(200);
  }, 90_000);

  it("lets go of what a later charter does not select, whatever was written to the object meanwhile", async () => {
    const tags = { tags: { written: "meanwhile" } };
    expect(await sign("signed-web")).toBe("ReleaseRequired");
    expect((await call("DELETE", "/certificates/signed-web")).status).toBe(200);
    await pin(["keys"]);
    expect((await call("PATCH", "/keys/signed-key", tags)).status).toBe(200);
    expect(await sign("signed-key")).toBe("ReleaseRequired");
    await pin(["secrets"]);
    expect(await sign("signed-key")).toBe(200);
  });
});
