// SPDX-License-Identifier: Apache-2.0
/** ImportKey: a plain private JWK into software or the HSM, or a key that was wrapped for the HSM's exchange key. */

import { StrongroomError } from "@strongroom/core";
import { inheritPolicy } from "../../keys/inherit-policy.ts";
import { type FoundKey, keyKind } from "../../keys/key-kind.ts";
import { type KeyShape, keyShapes } from "../../keys/key-type.ts";
import { planKey, splitKty } from "../../keys/plan-key.ts";
import { type PreparedKey, takeInKey, takeInWrappedKey } from "../../keys/prepare-key.ts";
import { importJwk } from "../../keys/software/import-jwk.ts";
import { parseTransferBlob, type TransferBlob, transferredType } from "../../keys/transfer-blob.ts";
import { requireUsable } from "../../keys/usable.ts";
import { writeKey } from "../../keys/write-key.ts";
import type { LedgerReader, LedgerTransaction } from "../../ledger/ledger.ts";
import { findVersion } from "../../objects/read-object.ts";
import { decidePrepared } from "../decide-prepared.ts";
import { attributesOf } from "../objects/object-wire.ts";
import { type KeyCall, type KeyRouteDeps, keyActionPrefix } from "./key-call.ts";
import type { ImportKeyBody } from "./key-wire.ts";

/** Imports a key and makes it current. */
export async function importKey(
  deps: KeyRouteDeps,
  call: KeyCall,
  body: ImportKeyBody,
): Promise<FoundKey> {
  if (body.key.key_hsm) {
    const blob = parseTransferBlob(body.key.key_hsm);
    return await decidePrepared(deps, call, {
      ...writing(call, body),
      check: async (reader) => ({
        exchange: await findExchangeKey(reader, call, blob),
        wire: await inheritPolicy(reader, call, wireOf(body)),
      }),
      basis: ({ exchange, wire }) => [exchange.version.version, wire],
      prepare: ({ exchange, wire }) => takeInTransferred(deps, call, wire, { blob, exchange }),
    });
  }
  return await decidePrepared(deps, call, {
    ...writing(call, body),
    check: (reader) => inheritPolicy(reader, call, wireOf(body)),
    basis: (wire) => wire,
    prepare: (wire) => takeInPlain(deps, call, wire),
  });
}

function writing({ vault, name, context }: KeyCall, body: ImportKeyBody) {
  const attributes = attributesOf(body);
  return {
    operationName: "KeyImport",
    action: `${keyActionPrefix}/import/action`,
    object: `keys/${name}`,
    work: async (tx: LedgerTransaction, _: unknown, prepared: PreparedKey) => {
      const write = { vault, name, prepared, attributes, at: context.at };
      const result = await writeKey(tx, "import", write);
      return { result, properties: { version: result.version.version } };
    },
  } as const;
}

async function takeInPlain(deps: KeyRouteDeps, { vault, name }: KeyCall, body: WireImport) {
  const { family, protection } = splitKty(body.key.kty);
  const made = await importJwk({ ...body.key, kty: family });
  using _ = made.material;
  const inHsm = body.Hsm === true || body.hsm === true || protection === "hsm";
  const base = { vault, name, type: made.type, protection: inHsm ? "hsm" : "software" } as const;
  return await takeInKey(deps, planKey(base, body), made);
}

/** A wrapped key with the key that it was wrapped for. */
interface Transfer {
  readonly blob: TransferBlob;
  readonly exchange: FoundKey;
}

async function takeInTransferred(
  deps: KeyRouteDeps,
  { vault, name }: KeyCall,
  body: WireImport,
  { blob, exchange }: Transfer,
): Promise<PreparedKey> {
  const opened = await deps.keyAccess.open(vault, exchange);
  if (opened.kind !== "hsm") {
    throw new StrongroomError("BadParameter", "the exchange key is not in the HSM");
  }
  const shape: KeyShape = keyShapes[exchange.version.type];
  const carrierBytes = shape.family === "rsa" ? shape.bits / 8 : 0;
  const { family } = splitKty(body.key.kty);
  const type = transferredType(family, body.key.crv, blob.ciphertext.length - carrierBytes);
  const plan = planKey({ vault, name, type, protection: "hsm" }, body);
  return await takeInWrappedKey(deps, plan, {
    exchange: opened.blob,
    exchangePlace: opened.place,
    hash: blob.hash,
    ciphertext: blob.ciphertext,
  });
}

/** The key that the transfer blob was made for: this vault's, in the HSM, for nothing but import, in force. */
async function findExchangeKey(
  reader: LedgerReader,
  { vault, origin, context }: KeyCall,
  { exchange }: TransferBlob,
): Promise<FoundKey> {
  const { host, name, version } = exchange;
  if (`https://${host}` !== origin && !vault.hosts.includes(host.replace(/:\d{1,5}$/, ""))) {
    throw new StrongroomError("BadParameter", "the exchange key is another vault's");
  }
  const found = await findVersion(reader, vault, keyKind, { name, version });
  requireUsable(vault, found, { operation: "import", algorithm: "", at: context.at });
  return found;
}

type WireImport = ReturnType<typeof wireOf>;

/** `key_ops` stand in the key itself. */
function wireOf(body: ImportKeyBody) {
  return { ...body, key_ops: body.key.key_ops };
}
