// SPDX-License-Identifier: Apache-2.0
/** Release of keys by Azure's own route: to whom it is refused, what governs it, and what stays as it is. */

import { describe, expect, it } from "@jest/globals";
import { expectRefused } from "./fixtures/refusal.ts";
import { encode, policy, useReleasingVault } from "./fixtures/use-releasing-vault.ts";

describe("the release of a key", () => {
  const now = useReleasingVault();

  it.each<[string, string, () => Promise<object>]>([
    [
      "another environment",
      "PolicyDenied",
      async () => ({ target: await now.vault.maa.token({ "x-ms-attestation-type": "sgx" }) }),
    ],
    [
      "an old token",
      "TargetExpired",
      async () => ({ target: await now.vault.maa.token({ exp: 1_000_000_000 }) }),
    ],
    [
      "another issuer",
      "TargetInvalid",
      async () => ({ target: await now.vault.maa.token({ iss: "https://other.example" }) }),
    ],
    [
      "an unknown key",
      "TargetInvalid",
      async () => ({ target: await now.vault.maa.token({}, { kid: "other" }) }),
    ],
    ["no token", "TargetInvalid", async () => ({ target: "a.b.c" })],
    [
      "a machine that a debugger reads, by silence",
      "PolicyDenied",
      async () => ({ target: await now.vault.maa.token({ "x-ms-sevsnpvm-is-debuggable": true }) }),
    ],
  ])("is refused to %s, recorded, and leaves nothing", async (name, code, change) => {
    const key = `refused-${name.replace(/[^a-z]/g, "-")}`;
    await now.make(key, "EC");
    const body = await change();
    await expectRefused(
      now.vault.installation.folders.storeFile,
      () => now.vault.release(`/keys/${key}`, body),
      {
        code: code as "PolicyDenied",
        operation: "KeyRelease",
      },
    );
    // As Azure: nothing is wrong with who asks, so no client is sent to fetch another bearer token.
    const { status, headers } = await now.vault.release(`/keys/${key}`, body);
    expect([status, headers["www-authenticate"]]).toEqual([403, undefined]);
  });

  it("is refused for keys that are not exportable, disabled, or not there, and without a role", async () => {
    const { storeFile } = now.vault.installation.folders;
    await now.vault.call("POST", "/keys/kept/create", { kty: "EC" });
    await now.make("off", "EC", { attributes: { exportable: true, enabled: false } });
    await now.make("mine", "EC");
    for (const [name, code, subject] of [
      ["kept", "OperationNotPermitted", "officer"],
      ["off", "ObjectDisabled", "officer"],
      ["none", "NotFound", "officer"],
      ["mine", "Forbidden", "nobody"],
    ] as const) {
      await expectRefused(storeFile, () => now.vault.release(`/keys/${name}`, {}, subject), {
        ...{ code, operation: "KeyRelease" },
      });
    }
    expect((await now.vault.release("/keys/mine", { enc: "RSA1_5" })).status).toBe(400);
    expect((await now.vault.call("POST", "/keys/mine/release", {})).status).toBe(400);
    expect((await now.vault.release("/keys/mine")).status).toBe(200);
  });

  it("needs every KeyReleasePolicy besides the key's own", async () => {
    await now.make("governed", "RSA");
    const put = (version: string) =>
      now.vault.govern({ name: "cluster", kinds: ["keys"], names: ["governed"], version });
    await put("2.0");
    expect((await now.vault.release("/keys/governed")).body.error).toMatchObject({
      code: "Forbidden",
      innererror: { code: "PolicyDenied" },
    });
    await put("1.0");
    expect((await now.vault.release("/keys/governed")).status).toBe(200);
  });

  it("keeps an immutable policy, through deletion and recovery too", async () => {
    await now.make("fixed", "EC", { release_policy: { data: encode(policy), immutable: true } });
    const other = { ...policy, version: "0.2" };
    const patch = async () =>
      (await now.vault.call("PATCH", "/keys/fixed", { release_policy: { data: encode(other) } }))
        .status;
    expect(await patch()).toBe(409);
    expect((await now.vault.call("DELETE", "/keys/fixed")).status).toBe(200);
    expect((await now.vault.call("POST", "/deletedkeys/fixed/recover")).status).toBe(200);
    expect(await patch()).toBe(409);
    expect((await now.vault.release("/keys/fixed")).status).toBe(200);
  });
});
