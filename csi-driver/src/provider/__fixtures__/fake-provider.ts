// SPDX-License-Identifier: Apache-2.0
/** A program of the node that serves evidence on a socket, as a test wants it. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { CollectResponse } from "../../generated/strongroom/evidence/v1/CollectResponse.ts";
import type { EvidenceProviderHandlers } from "../../generated/strongroom/evidence/v1/EvidenceProvider.ts";
import { evidenceServices } from "../../grpc/services.ts";

/** What it says: evidence, a status, or nothing at all. */
export type ProviderAnswer = CollectResponse | { readonly code: number } | "silence";

/** The program. */
export interface FakeProvider extends AsyncDisposable {
  /** Its socket. */
  readonly path: string;
  /** Bindings that it was asked for. */
  readonly asked: readonly Uint8Array[];
}

/** Starts it. @param answer Makes the answer to a binding */
export async function startFakeProvider(
  answer: (binding: Uint8Array) => ProviderAnswer,
): Promise<FakeProvider> {
  const folder = await mkdtemp(join(tmpdir(), "evidence-"));
  const path = join(folder, "s");
  const asked: Uint8Array[] = [];
  const server = new Server({ "grpc.max_send_message_length": 8_388_608 });
  const handlers: EvidenceProviderHandlers = {
    Collect: (call, callback) => {
      const binding = new Uint8Array(call.request.binding);
      asked.push(binding);
      const said = answer(binding);
      if (said === "silence") {
        return;
      }
      if ("code" in said) {
        callback({ code: said.code, details: "no" });
      } else {
        callback(null, said as CollectResponse);
      }
    },
  };
  server.addService(evidenceServices.EvidenceProvider.service, handlers);
  await new Promise<void>((resolve, reject) => {
    const done = (error: Error | null) => (error === null ? resolve() : reject(error));
    server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), done);
  });
  return {
    ...{ path, asked },
    [Symbol.asyncDispose]: async () => {
      server.forceShutdown();
      await rm(folder, { recursive: true });
    },
  };
}
