// SPDX-License-Identifier: Apache-2.0
/** Kubernetes objects as they travel: JSON, with times as text. */

/** An owner of an object; deleting it deletes the object. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** The part of `metadata` that a controller reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** Any object. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** Kinds of objects, by their place in the API. */
export interface Resource {
  readonly apiVersion: string;
  readonly plural: string;
}

/** Which object, and of which subresource where one is meant. */
export interface ResourceName extends Resource {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: "status" | undefined;
}

/** Path of a collection or object in the API server. Kubernetes, "API concepts: resource URIs". */
export function resourcePath(resource: ResourceName): string {
  const { apiVersion, namespace, plural, name, subresource } = resource;
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace === undefined ? [] : ["namespaces", namespace];
  const rest = [...scope, plural, name, subresource].filter((part) => part !== undefined);
  return [root, ...rest.map((part) => encodeURIComponent(part))].join("/");
}

/** `namespace/name`: the key of an object in caches and queues. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** The two halves of such a key. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
