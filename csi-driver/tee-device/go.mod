// The helper of the node plugin that asks devices which answer to ioctl alone. No dependencies but Go's own library.
module strongroom.io/csi-driver/tee-device

go 1.21
