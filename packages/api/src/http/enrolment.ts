// SPDX-License-Identifier: Apache-2.0
/** Enrolment of a node's TPM by credential activation (TPM 2.0 part 1, section 24). */

import { z } from "zod";
import {
  maxCertificateBytes,
  maxChainLength,
  maxListedNodes,
  maxTpmStructureBytes,
} from "../limits.ts";
import { kubernetesNameSchema, uidSchema } from "../names.ts";
import { deviceIdSchema } from "../resources/attestation/attestation-authority.ts";
import { base64, base64url, hexOf } from "./wire.ts";

/** Body of `POST /strongroom/v1/enrolment`: EK certificates (DER, leaf first) and the AK's TPMT_PUBLIC. */
export const enrolmentRequestSchema = z.strictObject({
  kind: z.literal("tpm"),
  ekCertificates: z.array(base64(maxCertificateBytes)).min(1).max(maxChainLength),
  akPublic: base64url(maxTpmStructureBytes),
});

/** Enrolment request. */
export type EnrolmentRequest = z.output<typeof enrolmentRequestSchema>;

/** Its answer: the state in an authenticated id, and the TPM2B contents that only this TPM can open. */
export const enrolmentChallengeSchema = z.strictObject({
  id: z.string().min(1).max(8_192),
  credentialBlob: base64url(maxTpmStructureBytes),
  encryptedSecret: base64url(maxTpmStructureBytes),
});

/** Credential to activate. */
export type EnrolmentChallenge = z.output<typeof enrolmentChallengeSchema>;

/** Body of `POST /strongroom/v1/enrolment/activate`. */
export const activationRequestSchema = z.strictObject({
  id: enrolmentChallengeSchema.shape.id,
  secret: base64url(64),
});

/** Activation request. */
export type ActivationRequest = z.output<typeof activationRequestSchema>;

/** Its answer: the device (SHA-256 of the EK's public key) and the node that it is bound to. */
export const activationResponseSchema = z.strictObject({
  device: hexOf(32),
  node: z.strictObject({ name: kubernetesNameSchema, uid: uidSchema }),
});

/** Binding of device and node. */
export type ActivationResponse = z.output<typeof activationResponseSchema>;

/** A device and the node that it is bound to. */
export const enrolledNodeSchema = z.strictObject({
  nodeName: kubernetesNameSchema,
  nodeUid: uidSchema,
  device: deviceIdSchema,
  /** Name and class of the root that vouched for the device. */
  root: z.string().min(1).max(253),
  class: z.enum(["hardware", "virtual", "software"]),
});

/** A binding. */
export type EnrolledNode = z.output<typeof enrolledNodeSchema>;

/** Answer of `GET /strongroom/v1/enrolment/nodes`. */
export const enrolledNodesSchema = z.strictObject({
  nodes: z.array(enrolledNodeSchema).max(maxListedNodes),
});

/** Every binding of the installation. */
export type EnrolledNodes = z.output<typeof enrolledNodesSchema>;
