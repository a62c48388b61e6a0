// Original file: proto/csi.proto


export interface PluginCapability {
}

export interface PluginCapability__Output {
}
