// Original file: proto/evidence.proto

import type { SnpEvidence as _strongroom_evidence_v1_SnpEvidence, SnpEvidence__Output as _strongroom_evidence_v1_SnpEvidence__Output } from '../../../strongroom/evidence/v1/SnpEvidence.ts';

export interface CollectResponse {
  'snp'?: (_strongroom_evidence_v1_SnpEvidence | null);
  'tdxQuote'?: (Buffer | Uint8Array | string);
  'sgxQuote'?: (Buffer | Uint8Array | string);
  'nitroDocument'?: (Buffer | Uint8Array | string);
  'endorsements'?: (Buffer | Uint8Array | string)[];
  'ccaToken'?: (Buffer | Uint8Array | string);
  'evidence'?: "snp"|"tdxQuote"|"sgxQuote"|"nitroDocument"|"ccaToken";
}

export interface CollectResponse__Output {
  'snp'?: (_strongroom_evidence_v1_SnpEvidence__Output | null);
  'tdxQuote'?: (Buffer);
  'sgxQuote'?: (Buffer);
  'nitroDocument'?: (Buffer);
  'endorsements': (Buffer)[];
  'ccaToken'?: (Buffer);
  'evidence'?: "snp"|"tdxQuote"|"sgxQuote"|"nitroDocument"|"ccaToken";
}
