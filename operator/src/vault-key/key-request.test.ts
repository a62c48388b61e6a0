// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { vaultKeySpecSchema } from "@strongroom/api";
import { toKeyRequest } from "./key-request.ts";

const parse = (spec: object) => toKeyRequest(vaultKeySpecSchema.parse({ vault: "v", ...spec }));

describe("toKeyRequest", () => {
  it("says in Key Vault's words what the resource says", () => {
    const policy = { version: "1.0.0", anyOf: [] };
    const request = parse({
      ...{ kty: "EC-HSM", curve: "P-384", keyOps: ["sign"], exportable: true },
      releasePolicy: { policy },
      attributes: { enabled: false, expires: "2030-01-01T00:00:00Z" },
      tags: { a: "b" },
      rotationPolicy: {
        lifetimeActions: [{ trigger: { timeAfterCreate: "P90D" }, action: "Rotate" }],
        expiryTime: "P1Y",
      },
    });
    expect(request.key).toEqual({
      ...{ kty: "EC-HSM", crv: "P-384", key_ops: ["sign"], tags: { a: "b" } },
      attributes: { enabled: false, exp: 1_893_456_000, exportable: true },
      release_policy: {
        contentType: "application/json; charset=utf-8",
        data: Buffer.from(JSON.stringify(policy)).toString("base64url"),
        immutable: false,
      },
    });
    expect(request.rotationPolicy).toEqual({
      lifetimeActions: [{ trigger: { timeAfterCreate: "P90D" }, action: { type: "Rotate" } }],
      attributes: { expiryTime: "P1Y" },
    });
  });

  it("leaves to the vault what the resource leaves open", () => {
    expect(parse({ kty: "RSA" })).toEqual({
      key: { kty: "RSA", attributes: { enabled: true, exportable: false } },
    });
  });

  it.each([
    [{ kty: "RSA", curve: "P-256" }, "curve is for keys of type EC alone"],
    [{ kty: "EC", keySize: 2048 }, "keySize is for keys of type RSA and oct alone"],
    [{ kty: "EC", exportable: true }, "an exportable key has a releasePolicy"],
  ])("refuses %j", (spec, message) => {
    expect(() => parse(spec)).toThrow(message);
  });
});
