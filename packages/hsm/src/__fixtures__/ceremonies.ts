// SPDX-License-Identifier: Apache-2.0
/** HSMs for tests of ceremonies, and keys that must work before and after. */

import { sha256, systemClock, utf8 } from "@strongroom/core";
import type { HsmClient } from "../client/hsm-client.ts";
import type { CeremonySpec } from "../client/hsm-domain.ts";
import { performCeremony } from "../client/perform-ceremony.ts";
import { isSignature } from "../conformance/is-signature.ts";
import {
  connect,
  type Folders,
  type HostUnderTest,
  init,
  makeFolders,
  startHost,
} from "./host-process.ts";

const message = utf8("message");
const spec = { scope: "vault-1", keyId: "signing", type: "ec-p256", operations: ["sign"] } as const;

/** A host and who talks to it. */
export interface CeremonyHsm {
  readonly folders: Folders;
  readonly host: HostUnderTest;
  readonly client: HsmClient;
}

/** Makes a token of `module`, or of SoftHSM, and serves it until `stack` is disposed of. */
export async function startHsm(
  stack: AsyncDisposableStack,
  module: string | undefined,
  domain: "custodians" | "none",
): Promise<CeremonyHsm> {
  const folders = stack.use(await makeFolders({ domain, ...(module !== undefined && { module }) }));
  await init(folders);
  const host = stack.use(await startHost(folders));
  return { folders, host, client: stack.use(await connect(folders)) };
}

/** Performs a ceremony to its end. */
export async function perform({ client }: CeremonyHsm, ceremony: CeremonySpec): Promise<void> {
  await performCeremony(client, systemClock, ceremony);
}

/** One key of each class. */
export interface TestKeys {
  readonly n: Uint8Array;
  readonly e: Uint8Array;
  readonly s: Uint8Array;
  /** Public half of `n`. */
  readonly publicKey: Uint8Array;
}

/** Makes them. */
export async function makeKeys({ client }: CeremonyHsm): Promise<TestKeys> {
  const n = await client.generateKey({ ...spec, class: "N" });
  const e = await client.generateKey({ ...spec, class: "E" });
  const s = await client.generateDataKey({ scope: "vault-1", keyId: "data" });
  return { n: n.blob, e: e.blob, s, publicKey: n.publicKey };
}

/** Uses each of them; whether what they give is right. Rejects where the HSM refuses one. */
export async function areUsable({ client }: CeremonyHsm, keys: TestKeys): Promise<boolean> {
  const signature = await client.sign(keys.n, "ES256", sha256(message));
  await client.sign(keys.e, "ES256", sha256(message));
  const opened = await client.openDataKey(keys.s);
  return isSignature(keys.publicKey, message, signature) && opened.length === 32;
}
