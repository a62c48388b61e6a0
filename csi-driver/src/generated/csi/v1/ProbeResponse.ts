// Original file: proto/csi.proto


export interface ProbeResponse {
}

export interface ProbeResponse__Output {
}
