// SPDX-License-Identifier: Apache-2.0
/** The client's verbs as calls of the wire. */

import { fromHex, fromUtf8, parseJson, type RollbackStatement, toHex } from "@strongroom/core";
import type { KeyVerb, Verb } from "../wire/messages.ts";
import type { VerbRequests, VerbResults, WireHead, WireRollback } from "../wire/verb-messages.ts";
import type { AnchoredHead, HsmClient } from "./hsm-client.ts";
import type { CeremonyState, HsmCeremonies, HsmDomain } from "./hsm-domain.ts";
import type { GeneratedKey } from "./hsm-keys.ts";
import type { AcceptedRollback, HsmRollback } from "./hsm-rollback.ts";
import type { HsmStatus } from "./hsm-status.ts";

/** One request and its answer. */
export type Call = <V extends Verb>(verb: V, payload: VerbRequests[V]) => Promise<VerbResults[V]>;

/** Every verb over `call`. */
export function createVerbs(call: Call): Omit<HsmClient, keyof AsyncDisposable> {
  return {
    ...createKeyVerbs(call),
    ...createCeremonyVerbs(call),
    status: async () => (await call("status", {})) as HsmStatus,
    random: async (bytes) => take(await call("random", { bytes })),
    generateDataKey: async ({ scope, keyId, operations = ["open", "subkey"] }) =>
      take(await call("generateDataKey", { scope, keyId, operations })),
    openDataKey: async (blob, place) => take(await call("openDataKey", { blob, place })),
    subkey: async (blob, label, context, place) =>
      take(await call("subkey", { blob, label, context, place })),
    signHead: async (blob, head, consistency) => {
      const wire = { ...head, root: fromHex(head.root) };
      return take(await call("signHead", { blob, head: wire, consistency }));
    },
    heads: async () => await listHeads(call),
  };
}

function createCeremonyVerbs(call: Call): HsmCeremonies & HsmRollback {
  return {
    domain: async () => {
      const { file, ...rest } = await call("domain", {});
      return { ...rest, file: new Uint8Array(file) } as HsmDomain;
    },
    beginCeremony: async (spec) => {
      const nothing = { certificates: [], required: 0, restore: new Uint8Array() };
      await call("beginCeremony", { ...nothing, ...spec });
    },
    ceremony: async () => {
      const { state, failure } = await call("ceremony", {});
      return { state, ...failure } as CeremonyState;
    },
    headsAnchored: async () => void (await call("headsAnchored", {})),
    acceptRollback: async (releaseRoot, { id, heads }) => {
      const wire = heads.map((head) => ({ ...head, root: fromHex(head.root) }));
      const accepted = await call("acceptRollback", { blob: releaseRoot, id, heads: wire });
      return toRollback(accepted);
    },
    rollback: async () => {
      const last = await call("rollback", {});
      return last.statement.length === 0 ? undefined : toRollback(last);
    },
    rollbackRecorded: async () => void (await call("rollbackRecorded", {})),
    exchangeKey: async () => take(await call("exchangeKey", {})),
    rewrap: async (blob) => take(await call("rewrap", { blob })),
  };
}

function toRollback({ statement, signature, recorded }: WireRollback): AcceptedRollback {
  return {
    statement: parseJson(fromUtf8(statement)) as RollbackStatement,
    signature: copy(signature),
    recorded,
  };
}

const none = new Uint8Array(0);

function createKeyVerbs(call: Call): Pick<HsmClient, KeyVerb> {
  return {
    generateKey: async (spec) => takeKey(await call("generateKey", spec)),
    importKey: async (key, material) => takeKey(await call("importKey", { key, material })),
    importWrapped: async (key, wrapped) =>
      takeKey(await call("importWrapped", { key, ...wrapped })),
    sign: async (blob, algorithm, digest, place) =>
      take(await call("sign", { blob, algorithm, digest, place })),
    verify: async (blob, algorithm, signed, place) =>
      (await call("verify", { blob, algorithm, ...signed, place })).valid,
    encrypt: async (blob, algorithm, input, place) => {
      const result = await call("encrypt", {
        blob,
        algorithm,
        iv: none,
        aad: none,
        ...input,
        place,
      });
      const { ciphertext, iv, tag } = result;
      return { ciphertext: copy(ciphertext), iv: copy(iv), tag: copy(tag) };
    },
    decrypt: async (blob, algorithm, input, place) => {
      const full = { iv: none, tag: none, aad: none, ...input };
      return take(await call("decrypt", { blob, algorithm, ...full, place }));
    },
    wrap: async (blob, algorithm, key, place) =>
      take(await call("wrap", { blob, algorithm, key, place })),
    unwrap: async (blob, algorithm, wrapped, place) =>
      take(await call("unwrap", { blob, algorithm, wrapped, place })),
    rebind: async (blob, from, to) => take(await call("rebind", { blob, from, to })),
    releaseKey: async (blob, to, place) => take(await call("releaseKey", { blob, ...to, place })),
    secureWrap: async (blob, algorithm, place) =>
      take(await call("secureWrap", { blob, algorithm, place })),
    secureUnwrap: async (blob, wrapped, to, place) =>
      take(await call("secureUnwrap", { blob, ...wrapped, ...to, place })),
  };
}

function copy(view: Uint8Array): Uint8Array {
  return new Uint8Array(view);
}

function takeKey(result: VerbResults["generateKey"]): GeneratedKey {
  return { blob: copy(result.blob), publicKey: copy(result.publicKey) };
}

// The answer is a view into what the socket received: the caller gets memory of its own, and the view is wiped.
function take(result: { readonly bytes: Uint8Array }): Uint8Array {
  const bytes = new Uint8Array(result.bytes);
  result.bytes.fill(0);
  return bytes;
}

async function listHeads(call: Call): Promise<readonly AnchoredHead[]> {
  const all: AnchoredHead[] = [];
  for (let after = "", more = true; more; after = all.at(-1)?.log ?? "") {
    const page = await call("heads", { after });
    all.push(...page.heads.map(toAnchoredHead));
    more = page.more;
  }
  return all;
}

function toAnchoredHead(wire: WireHead): AnchoredHead {
  const { log, size, time } = wire;
  return { log, size, root: toHex(wire.root), time };
}
