// Original file: proto/evidence.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CollectRequest as _strongroom_evidence_v1_CollectRequest, CollectRequest__Output as _strongroom_evidence_v1_CollectRequest__Output } from '../../../strongroom/evidence/v1/CollectRequest.ts';
import type { CollectResponse as _strongroom_evidence_v1_CollectResponse, CollectResponse__Output as _strongroom_evidence_v1_CollectResponse__Output } from '../../../strongroom/evidence/v1/CollectResponse.ts';

export interface EvidenceProviderClient extends grpc.Client {
  Collect(argument: _strongroom_evidence_v1_CollectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_strongroom_evidence_v1_CollectResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _strongroom_evidence_v1_CollectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_strongroom_evidence_v1_CollectResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _strongroom_evidence_v1_CollectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_strongroom_evidence_v1_CollectResponse__Output>): grpc.ClientUnaryCall;
  Collect(argument: _strongroom_evidence_v1_CollectRequest, callback: grpc.requestCallback<_strongroom_evidence_v1_CollectResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _strongroom_evidence_v1_CollectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_strongroom_evidence_v1_CollectResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _strongroom_evidence_v1_CollectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_strongroom_evidence_v1_CollectResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _strongroom_evidence_v1_CollectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_strongroom_evidence_v1_CollectResponse__Output>): grpc.ClientUnaryCall;
  collect(argument: _strongroom_evidence_v1_CollectRequest, callback: grpc.requestCallback<_strongroom_evidence_v1_CollectResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface EvidenceProviderHandlers extends grpc.UntypedServiceImplementation {
  Collect: grpc.handleUnaryCall<_strongroom_evidence_v1_CollectRequest__Output, _strongroom_evidence_v1_CollectResponse>;
  
}

export interface EvidenceProviderDefinition extends grpc.ServiceDefinition {
  Collect: MethodDefinition<_strongroom_evidence_v1_CollectRequest, _strongroom_evidence_v1_CollectResponse, _strongroom_evidence_v1_CollectRequest__Output, _strongroom_evidence_v1_CollectResponse__Output>
}
