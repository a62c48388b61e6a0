// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"runtime"
	"unsafe"
)

// nsmRaw is the request of /dev/nsm: linux/nsm.h, NSM_IOCTL_RAW.
const nsmRaw = 0xC0200A00

// nsmResponseSize is the most that the device answers: NSM_RESPONSE_MAX_SIZE.
const nsmResponseSize = 0x3000

// iovec is struct nsm_iovec.
type iovec struct {
	address uint64
	length  uint64
}

// nsmMessage is struct nsm_raw.
type nsmMessage struct {
	request  iovec
	response iovec
}

func askNsm(dev device, request []byte) ([]byte, error) {
	response := make([]byte, nsmResponseSize)
	var pinner runtime.Pinner
	defer pinner.Unpin()
	pinner.Pin(&request[0])
	pinner.Pin(&response[0])
	message := &nsmMessage{
		request:  iovec{addressOf(unsafe.Pointer(&request[0])), uint64(len(request))},
		response: iovec{addressOf(unsafe.Pointer(&response[0])), nsmResponseSize},
	}
	if errno := dev.ioctl(nsmRaw, unsafe.Pointer(message)); errno != 0 {
		return nil, classify(errno)
	}
	if message.response.length == 0 || message.response.length > nsmResponseSize {
		return nil, fmt.Errorf("device answers %d bytes", message.response.length)
	}
	return response[:message.response.length], nil
}
