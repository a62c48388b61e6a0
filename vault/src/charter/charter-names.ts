// SPDX-License-Identifier: Apache-2.0
/** Names of a charter's policies beside those of resources. */

// Not part of a Kubernetes name, so that no resource has such a name.
const mark = "charter:";

/** The name under which a charter's policy governs. */
export function nameOfCharterPolicy({ name }: { readonly name: string }): string {
  return `${mark}${name}`;
}

/** Whether a name stands for a policy of the charter. */
export function isOfCharter(name: string): boolean {
  return name.startsWith(mark);
}
