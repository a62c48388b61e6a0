// SPDX-License-Identifier: Apache-2.0
/** Two tokens by different authors, through the real host and its socket. */

import { findKryoptic } from "@strongroom/testing";
import {
  connect,
  eventually,
  type Folders,
  init,
  makeFolders,
  startHost,
} from "../__fixtures__/host-process.ts";
import { hsmConformance } from "./hsm-conformance.ts";
import type { HsmUnderTest } from "./subjects.ts";

/** SoftHSM takes no HMAC key that is shorter than the hash. */
const softHsmLacks = [
  "HS256 aes-128",
  "HS256 aes-192",
  ...["HS384", "HS512"].flatMap((name) =>
    ["128", "192", "256"].map((bits) => `${name} aes-${bits}`),
  ),
];

/** Kryoptic has the curves of NIST alone, and ends its process over an RSA key of zeros. */
const kryopticLacks = ["ec-p256k", "refusal of nothing but zeros"];

async function makeHsm(folders: Folders, lacks: readonly string[]): Promise<HsmUnderTest> {
  await init(folders);
  let host = await startHost(folders);
  const client = await connect(folders);
  return {
    client,
    lacks,
    restart: async () => {
      await host.stop();
      host = await startHost(folders);
      await eventually(() => client.status());
    },
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await host.stop();
      await folders[Symbol.asyncDispose]();
    },
  };
}

hsmConformance("SoftHSM 2", async () => await makeHsm(await makeFolders(), softHsmLacks));
hsmConformance(
  "Kryoptic",
  async () => await makeHsm(await makeFolders({ module: findKryoptic() }), kryopticLacks),
);
