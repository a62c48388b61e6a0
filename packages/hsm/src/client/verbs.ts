// SPDX-License-Identifier: Apache-2.0
/** The client's verbs as calls of the wire. */

import { fromHex, toHex } from "@strongroom/core";
import type { Verb, VerbRequests, VerbResults, WireHead } from "../wire/messages.ts";
import type { AnchoredHead, HsmClient, HsmStatus } from "./hsm-client.ts";

/** One request and its answer. */
export type Call = <V extends Verb>(verb: V, payload: VerbRequests[V]) => Promise<VerbResults[V]>;

/** Every verb over `call`. */
export function createVerbs(call: Call): Omit<HsmClient, keyof AsyncDisposable> {
  return {
    status: async () => (await call("status", {})) as HsmStatus,
    random: async (bytes) => take(await call("random", { bytes })),
    generateKey: async (spec) => {
      const { blob, publicKey } = await call("generateKey", spec);
      return { blob: new Uint8Array(blob), publicKey: new Uint8Array(publicKey) };
    },
    sign: async (blob, algorithm, digest, place) =>
      take(await call("sign", { blob, algorithm, digest, place })),
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
