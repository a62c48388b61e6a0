// Original file: proto/evidence.proto


export interface CollectRequest {
  'binding'?: (Buffer | Uint8Array | string);
}

export interface CollectRequest__Output {
  'binding': (Buffer);
}
