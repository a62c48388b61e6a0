// SPDX-License-Identifier: Apache-2.0
/** Bounds of what the API adds to a vault's roles: every decision reads all of it. */

/** Role assignments that the API made in one vault. */
export const maxApiAssignments = 200;

/** Custom role definitions of one vault. */
export const maxDefinitions = 50;

/** Data actions of one custom definition: more than there are. */
export const maxDataActions = 64;

/** Characters of a name, description or id in these routes. */
export const maxRoleText = 512;

/** Characters of a principal's id: issuer, subject and account uid. */
export const maxPrincipalId = 1_100;
