// SPDX-License-Identifier: Apache-2.0
/** Reads and writes of objects: server-side apply, status, finalizers, deletion. */

import { type ErrorCode, type HttpsResponse, parseJson, StrongroomError } from "@strongroom/core";
import { type KubeObject, type ResourceName, resourcePath } from "./kube-object.ts";
import type { KubeRequest, KubeTransport } from "./kube-transport.ts";

/** Objects of the API server. Errors have the codes of `codeOfStatus`. */
export interface KubeClient {
  /** The object, or `undefined` where there is none. */
  get<T extends KubeObject>(name: ResourceName): Promise<T | undefined>;
  /** All objects of a collection, by a read that no cache answers. */
  list<T extends KubeObject>(collection: ResourceName): Promise<readonly T[]>;
  create<T extends KubeObject>(name: ResourceName, body: T): Promise<T>;
  /** Replaces an object; `Conflict` if its resourceVersion is not the one in `body`. */
  replace<T extends KubeObject>(name: ResourceName, body: T): Promise<T>;
  /** Server-side apply: our fields become what `body` says, others' stay; fields that we left out are removed. */
  apply<T extends KubeObject>(name: ResourceName, body: KubeObject & object): Promise<T>;
  /** JSON merge patch (RFC 7386). */
  merge<T extends KubeObject>(name: ResourceName, patch: object): Promise<T>;
  /** Deletes an object if it still has `uid`; `false` where there was none. */
  remove(name: ResourceName, uid: string): Promise<boolean>;
}

/** Creates a client whose applied fields belong to `fieldManager`. */
export function createKubeClient(transport: KubeTransport, fieldManager: string): KubeClient {
  const send = async (request: KubeRequest) => await transport.send(request);
  const call = async (request: KubeRequest) => toObject(await send(request));
  return {
    get: async <T extends KubeObject>(name: ResourceName) => {
      const response = await send({ method: "GET", path: resourcePath(name) });
      return response.status === 404 ? undefined : (toObject(response) as T);
    },
    list: async <T extends KubeObject>(collection: ResourceName) => {
      const list = await call({ method: "GET", path: resourcePath(collection) });
      return (list as unknown as { readonly items: readonly T[] }).items;
    },
    create: async <T extends KubeObject>({ name: _, ...collection }: ResourceName, body: T) =>
      (await call({
        method: "POST",
        path: resourcePath(collection),
        query: { fieldManager },
        body,
      })) as T,
    replace: async <T extends KubeObject>(name: ResourceName, body: T) =>
      (await call({
        method: "PUT",
        path: resourcePath(name),
        query: { fieldManager },
        body,
      })) as T,
    apply: async <T extends KubeObject>(name: ResourceName, body: KubeObject) =>
      (await call({
        method: "PATCH",
        path: resourcePath(name),
        query: { fieldManager, force: true },
        contentType: "application/apply-patch+yaml",
        body,
      })) as T,
    merge: async <T extends KubeObject>(name: ResourceName, body: object) =>
      (await call({
        method: "PATCH",
        path: resourcePath(name),
        query: { fieldManager },
        contentType: "application/merge-patch+json",
        body,
      })) as T,
    remove: async (name, uid) => {
      const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } };
      const response = await send({ method: "DELETE", path: resourcePath(name), body });
      return response.status !== 404 && toObject(response) !== undefined;
    },
  };
}

/** The object of a successful answer. @throws {StrongroomError} otherwise, with the API server's own message */
export function toObject(response: HttpsResponse): KubeObject {
  const body = parseBody(response.body);
  if (response.status >= 200 && response.status < 300) {
    return body as unknown as KubeObject;
  }
  const message = typeof body["message"] === "string" ? body["message"] : "";
  throw new StrongroomError(
    isAboutUid(body) ? "Conflict" : codeOfStatus(response.status),
    message.slice(0, 512) || `the API server answered ${response.status}`,
  );
}

// An apply to a name that has a new object by now is refused as a change of an immutable field; to us it is a conflict.
function isAboutUid(status: Record<string, unknown>): boolean {
  const { causes } = (status["details"] ?? {}) as { causes?: readonly { field?: string }[] };
  return causes?.some(({ field }) => field === "metadata.uid") === true;
}

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  400: "BadParameter",
  401: "Forbidden",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  422: "BadParameter",
  429: "TooManyRequests",
};

function codeOfStatus(status: number): ErrorCode {
  return codeByStatus[status] ?? "ApiServerUnavailable";
}

function parseBody(text: string): Record<string, unknown> {
  try {
    return parseJson(text) as Record<string, unknown>;
  } catch (cause) {
    throw new StrongroomError("ApiServerUnavailable", "the API server's answer is not JSON", {
      cause,
    });
  }
}
