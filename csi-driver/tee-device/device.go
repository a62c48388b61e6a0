// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// device is what answers to ioctl.
type device interface {
	// ioctl hands the device memory of ours, which it reads and writes. A zero errno is success.
	ioctl(request uintptr, argument unsafe.Pointer) syscall.Errno
	close()
}

type kernelDevice struct{ file *os.File }

func openDevice(path string) (device, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errUnavailable, errors.Unwrap(err))
	}
	return kernelDevice{file}, nil
}

func (d kernelDevice) ioctl(request uintptr, argument unsafe.Pointer) syscall.Errno {
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, d.file.Fd(), request, uintptr(argument))
	return errno
}

func (d kernelDevice) close() { d.file.Close() }

// classify says what an errno of a device means to the caller.
func classify(errno syscall.Errno) error {
	switch errno {
	case syscall.EBUSY, syscall.EAGAIN, syscall.EINTR:
		return fmt.Errorf("%w: %v", errBusy, errno)
	case syscall.ENOTTY, syscall.ENODEV, syscall.ENXIO:
		return fmt.Errorf("%w: %v", errUnavailable, errno)
	default:
		return fmt.Errorf("device refused: %v", errno)
	}
}
