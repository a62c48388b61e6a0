// SPDX-License-Identifier: Apache-2.0
/** What is looked at of an XML document. */

/** Reference values of NVIDIA's have 26 KB, 85 elements, depth 6 and 16 attributes at most. */
export const xmlLimits = {
  /** Of the document. */
  bytes: 131_072,
  /** Elements within each other. */
  depth: 16,
  /** In the document. */
  elements: 1024,
  /** Of one element, declarations of namespaces among them: a measurement may have a value for each of many boards. */
  attributes: 128,
  /** In force at one place. */
  namespaces: 16,
} as const;
