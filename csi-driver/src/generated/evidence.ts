import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { CollectRequest as _strongroom_evidence_v1_CollectRequest, CollectRequest__Output as _strongroom_evidence_v1_CollectRequest__Output } from './strongroom/evidence/v1/CollectRequest.ts';
import type { CollectResponse as _strongroom_evidence_v1_CollectResponse, CollectResponse__Output as _strongroom_evidence_v1_CollectResponse__Output } from './strongroom/evidence/v1/CollectResponse.ts';
import type { EvidenceProviderClient as _strongroom_evidence_v1_EvidenceProviderClient, EvidenceProviderDefinition as _strongroom_evidence_v1_EvidenceProviderDefinition } from './strongroom/evidence/v1/EvidenceProvider.ts';
import type { SnpEvidence as _strongroom_evidence_v1_SnpEvidence, SnpEvidence__Output as _strongroom_evidence_v1_SnpEvidence__Output } from './strongroom/evidence/v1/SnpEvidence.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  strongroom: {
    evidence: {
      v1: {
        CollectRequest: MessageTypeDefinition<_strongroom_evidence_v1_CollectRequest, _strongroom_evidence_v1_CollectRequest__Output>
        CollectResponse: MessageTypeDefinition<_strongroom_evidence_v1_CollectResponse, _strongroom_evidence_v1_CollectResponse__Output>
        EvidenceProvider: SubtypeConstructor<typeof grpc.Client, _strongroom_evidence_v1_EvidenceProviderClient> & { service: _strongroom_evidence_v1_EvidenceProviderDefinition }
        SnpEvidence: MessageTypeDefinition<_strongroom_evidence_v1_SnpEvidence, _strongroom_evidence_v1_SnpEvidence__Output>
      }
    }
  }
}

