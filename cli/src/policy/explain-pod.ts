// SPDX-License-Identifier: Apache-2.0
/** From options and arguments to what is explained: objects, a node and an account, the last two also from a pod. */

import { type ExplainRequest, explainRequestSchema } from "@strongroom/api";
import { fromUtf8, parseJson } from "@strongroom/core";
import { z } from "zod";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError } from "../terminal.ts";

/** Options that say for whom. */
export interface ExplainedPod {
  readonly node?: string;
  readonly serviceAccount?: string;
  readonly pod?: string;
}

/** As much of a pod as says who it is and where. */
const podSchema = z.object({
  metadata: z.object({ namespace: z.string() }),
  spec: z.object({ nodeName: z.string(), serviceAccountName: z.string() }),
});

/** The request. @throws {CommandError} `BadParameter` if an option, an argument or the pod is of no use. */
export async function explainRequestOf(
  objects: readonly string[],
  options: ExplainedPod,
): Promise<ExplainRequest> {
  const asked = { items: objects.map(itemOf), ...(await placeOf(options)) };
  const parsed = explainRequestSchema.safeParse(asked);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CommandError(
      "BadParameter",
      `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "malformed"}`,
    );
  }
  return parsed.data;
}

function itemOf(text: string): object {
  const [path = "", unwrap, ...more] = text.split(":");
  const [kind, name, version, ...rest] = path.split("/");
  if (name === undefined || rest.length > 0 || more.length > 0) {
    throw new CommandError(
      "BadParameter",
      `${text} is not as secrets/NAME or secrets/NAME/VERSION`,
    );
  }
  return {
    ...{ kind, name },
    ...(version !== undefined && { version }),
    ...(unwrap !== undefined && { unwrap }),
  };
}

async function placeOf({ node, serviceAccount, pod }: ExplainedPod): Promise<object> {
  if (pod !== undefined) {
    const { metadata, spec } = await readPod(pod);
    const account = { namespace: metadata.namespace, name: spec.serviceAccountName };
    return { node: node ?? spec.nodeName, serviceAccount: account };
  }
  if (node === undefined) {
    throw new CommandError("BadParameter", "give --node, or --pod");
  }
  const [namespace, name, ...rest] = serviceAccount?.split("/") ?? [];
  if (serviceAccount !== undefined && (name === undefined || rest.length > 0)) {
    throw new CommandError("BadParameter", "--service-account is NAMESPACE/NAME");
  }
  return { node, ...(serviceAccount !== undefined && { serviceAccount: { namespace, name } }) };
}

async function readPod(path: string): Promise<z.output<typeof podSchema>> {
  const bytes = await readBoundedFile(path);
  try {
    return podSchema.parse(parseJson(fromUtf8(bytes)));
  } catch {
    throw new CommandError(
      "BadParameter",
      "--pod is no pod that runs on a node",
      "kubectl get pod NAME -o json prints one",
    );
  }
}
