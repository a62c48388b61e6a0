// Original file: proto/evidence.proto


export interface SnpEvidence {
  'report'?: (Buffer | Uint8Array | string);
  'certificateTable'?: (Buffer | Uint8Array | string);
}

export interface SnpEvidence__Output {
  'report': (Buffer);
  'certificateTable': (Buffer);
}
