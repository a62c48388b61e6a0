// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { decodeLeaf, encodeLeaf, headDigest } from "./audit-format.ts";
import { toHex, utf8 } from "./bytes.ts";
import { deriveSubkey } from "./derive-subkey.ts";
import { isStrongroomError } from "./errors.ts";
import {
  decodeRecordBody,
  encodeRecordBody,
  recordDigest,
  recordMac,
  recordMacKey,
  verifyRecord,
} from "./record-format.ts";
import { openValue, sealValue, type ValueBinding } from "./sealed-value.ts";

const dataKey = new Uint8Array(32).fill(7);
const tampered = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return isStrongroomError(error, "StoreTampered");
  }
  return false;
};

describe("a subkey", () => {
  it("is SP 800-108 in counter mode: one HMAC over counter, label, zero, context and length", () => {
    const expected = createHmac("sha256", dataKey)
      .update(
        Buffer.concat([
          Buffer.from([0, 0, 0, 1]),
          Buffer.from("label"),
          Buffer.from([0]),
          Buffer.from("context"),
          Buffer.from([0, 0, 1, 0]),
        ]),
      )
      .digest("hex");
    expect(toHex(deriveSubkey(dataKey, "label", utf8("context")))).toBe(expected);
  });
});

describe("a record", () => {
  const key = recordMacKey(dataKey, "vault-1");
  const row = {
    scope: "vault-1",
    id: "object/secrets/a",
    revision: 3,
    body: encodeRecordBody({ b: 1, a: [true, null] }),
  };

  it("is one version byte and canonical JSON", () => {
    expect(Buffer.from(row.body).toString()).toBe('\u0001{"a":[true,null],"b":1}');
    expect(decodeRecordBody(row.body)).toEqual({ a: [true, null], b: 1 });
  });

  it("of another format version is refused", () => {
    const body = row.body.slice();
    body[0] = 2;
    expect(tampered(() => decodeRecordBody(body))).toBe(true);
  });

  it("verifies in its own place and at its own revision only", () => {
    const mac = recordMac(key, row);
    expect(() => verifyRecord(key, { ...row, mac })).not.toThrow();
    const moved = [
      { ...row, scope: "vault-2" },
      { ...row, id: "object/secrets/b" },
      { ...row, revision: 2 },
      { ...row, body: encodeRecordBody({ b: 2, a: [true, null] }) },
      { ...row, scope: "vault-1object", id: "/secrets/a" },
    ];
    for (const other of moved) {
      expect(tampered(() => verifyRecord(key, { ...other, mac }))).toBe(true);
      expect(toHex(recordDigest(other))).not.toBe(toHex(recordDigest(row)));
    }
    expect(tampered(() => verifyRecord(recordMacKey(dataKey, "vault-2"), { ...row, mac }))).toBe(
      true,
    );
  });
});

describe("a sealed value", () => {
  const derive = async (label: string, context: Uint8Array) =>
    deriveSubkey(dataKey, label, context);
  const binding: ValueBinding = {
    scope: "vault-1",
    kind: "secrets",
    name: "a",
    version: "0".repeat(32),
    keyId: "data-1",
  };

  it("opens in its place, and no two are alike", async () => {
    const [one, two] = [
      await sealValue(derive, binding, utf8("value")),
      await sealValue(derive, binding, utf8("value")),
    ];
    expect(toHex(one)).not.toBe(toHex(two));
    using opened = await openValue(derive, binding, one);
    expect(Buffer.from(opened.reveal()).toString()).toBe("value");
  });

  it("opens nowhere else", async () => {
    const sealed = await sealValue(derive, binding, utf8("value"));
    const places: Partial<ValueBinding>[] = [
      { scope: "vault-2" },
      { kind: "keys" },
      { name: "b" },
      { version: "1".repeat(32) },
      { keyId: "data-2" },
    ];
    for (const place of places) {
      await expect(openValue(derive, { ...binding, ...place }, sealed)).rejects.toMatchObject({
        code: "StoreTampered",
      });
    }
  });

  it("with any byte changed, cut or added is refused", async () => {
    const sealed = await sealValue(derive, binding, new Uint8Array(randomBytes(5)));
    for (let i = 0; i < sealed.length; i += 1) {
      const changed = sealed.slice();
      changed[i] = (changed[i] ?? 0) ^ 0x80;
      await expect(openValue(derive, binding, changed)).rejects.toMatchObject({
        code: "StoreTampered",
      });
    }
    await expect(openValue(derive, binding, sealed.subarray(0, 40))).rejects.toMatchObject({
      code: "StoreTampered",
    });
    await expect(openValue(derive, binding, new Uint8Array([...sealed, 0]))).rejects.toMatchObject({
      code: "StoreTampered",
    });
  });

  it("may be empty", async () => {
    using opened = await openValue(
      derive,
      binding,
      await sealValue(derive, binding, new Uint8Array()),
    );
    expect(opened.length).toBe(0);
  });
});

describe("an audit leaf and its head", () => {
  const leaf = {
    log: "l",
    index: 0,
    replica: "r",
    epoch: 0,
    event: {
      time: "2026-01-01T00:00:00.000Z",
      category: "AuditEvent" as const,
      operationName: "SecretGet",
      resultType: "Success" as const,
      resultSignature: "",
      httpStatusCode: 200,
      correlationId: "c",
      callerIpAddress: "::1",
      identity: { issuer: "i", subject: "s" },
      properties: {},
    },
    writes: [],
  };

  it("is one version byte and canonical JSON, and comes back as it was", () => {
    const bytes = encodeLeaf(leaf);
    expect(bytes[0]).toBe(1);
    expect(decodeLeaf(bytes)).toEqual(leaf);
    expect(tampered(() => decodeLeaf(bytes.subarray(1)))).toBe(true);
  });

  it("is signed over log, size, root and time, and over nothing a caller could add", () => {
    const head = { log: "l", size: 1, root: "00", time: 5 };
    expect(toHex(headDigest(head))).toBe(toHex(headDigest({ ...head, extra: 1 } as never)));
    for (const other of [{ log: "m" }, { size: 2 }, { root: "01" }, { time: 6 }]) {
      expect(toHex(headDigest({ ...head, ...other }))).not.toBe(toHex(headDigest(head)));
    }
  });
});
