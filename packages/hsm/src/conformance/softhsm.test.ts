// SPDX-License-Identifier: Apache-2.0
/** SoftHSM 2, through the real host and its socket. */

import { connect, eventually, init, makeFolders, startHost } from "../__fixtures__/host-process.ts";
import { hsmConformance } from "./hsm-conformance.ts";
import type { HsmUnderTest } from "./subjects.ts";

async function makeSoftHsm(): Promise<HsmUnderTest> {
  const folders = await makeFolders();
  await init(folders);
  let host = await startHost(folders);
  const client = await connect(folders);
  return {
    client,
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

hsmConformance("SoftHSM 2", makeSoftHsm);
