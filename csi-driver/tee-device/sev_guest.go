// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"unsafe"
)

// Requests of /dev/sev-guest: linux/sev-guest.h.
const (
	snpGetReport    = 0xC0205300
	snpGetExtReport = 0xC0205302
)

const (
	reportDataSize = 64
	reportSize     = 1184
	// reportOffset is where the report stands in MSG_REPORT_RSP, behind status and size; AMD 56860, table "MSG_REPORT_RSP".
	reportOffset = 32
	// tableSize is the most that the kernel hands over: SEV_FW_BLOB_MAX_SIZE.
	tableSize = 0x4000
	// tableUnit is what the length of the buffer must be a multiple of.
	tableUnit = 0x1000
)

// Errors of the hypervisor, in the upper half of exitinfo2.
const (
	vmmInvalidLength = 1
	vmmBusy          = 2
)

// snpReportRequest is struct snp_report_req.
type snpReportRequest struct {
	userData [reportDataSize]byte
	vmpl     uint32
	_        [28]byte
}

// snpExtReportRequest is struct snp_ext_report_req.
type snpExtReportRequest struct {
	data         snpReportRequest
	certsAddress uint64
	certsLen     uint32
	_            uint32
}

// snpReportResponse is struct snp_report_resp.
type snpReportResponse [4000]byte

// snpGuestRequest is struct snp_guest_request_ioctl.
type snpGuestRequest struct {
	messageVersion uint8
	_              [7]byte
	requestData    uint64
	responseData   uint64
	firmwareError  uint32
	vmmError       uint32
}

// askSevGuest asks for a report and the host's certificates; for the report alone where the host has none.
func askSevGuest(dev device, reportData []byte, vmpl uint32) ([]byte, error) {
	report, table, err := extendedReport(dev, reportData, vmpl)
	if errors.Is(err, errNoTable) {
		report, err = plainReport(dev, reportData, vmpl)
	}
	if err != nil {
		return nil, err
	}
	return append(sized(report), sized(table)...), nil
}

var errNoTable = errors.New("no certificates")

func extendedReport(dev device, reportData []byte, vmpl uint32) (report, table []byte, err error) {
	certificates := make([]byte, tableSize)
	request := &snpExtReportRequest{data: reportRequest(reportData, vmpl), certsLen: tableSize}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	pinner.Pin(&certificates[0])
	request.certsAddress = addressOf(unsafe.Pointer(&certificates[0]))
	pinner.Pin(request)
	report, err = guestRequest(dev, snpGetExtReport, unsafe.Pointer(request))
	if err != nil {
		return nil, nil, err
	}
	if request.certsLen > tableSize || request.certsLen%tableUnit != 0 {
		return nil, nil, fmt.Errorf("device answers a table of %d bytes", request.certsLen)
	}
	return report, withoutPadding(certificates[:request.certsLen]), nil
}

func plainReport(dev device, reportData []byte, vmpl uint32) ([]byte, error) {
	request := reportRequest(reportData, vmpl)
	var pinner runtime.Pinner
	defer pinner.Unpin()
	pinner.Pin(&request)
	return guestRequest(dev, snpGetReport, unsafe.Pointer(&request))
}

func reportRequest(reportData []byte, vmpl uint32) (request snpReportRequest) {
	copy(request.userData[:], reportData)
	request.vmpl = vmpl
	return request
}

func guestRequest(dev device, code uintptr, request unsafe.Pointer) ([]byte, error) {
	response := &snpReportResponse{}
	argument := &snpGuestRequest{messageVersion: 1}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	pinner.Pin(response)
	argument.requestData = addressOf(request)
	argument.responseData = addressOf(unsafe.Pointer(response))
	errno := dev.ioctl(code, unsafe.Pointer(argument))
	switch {
	case argument.vmmError == vmmBusy:
		return nil, fmt.Errorf("%w: the host has no turn", errBusy)
	case errno != 0 && code == snpGetExtReport && (argument.vmmError == vmmInvalidLength || errno == syscall.ENOTTY):
		return nil, errNoTable
	case argument.firmwareError != 0:
		return nil, fmt.Errorf("firmware refused: %#x", argument.firmwareError)
	case errno != 0:
		return nil, classify(errno)
	}
	return reportOf(response)
}

func reportOf(response *snpReportResponse) ([]byte, error) {
	status := binary.LittleEndian.Uint32(response[0:])
	size := binary.LittleEndian.Uint32(response[4:])
	if status != 0 || size != reportSize {
		return nil, fmt.Errorf("firmware answers status %#x and %d bytes", status, size)
	}
	return response[reportOffset : reportOffset+reportSize], nil
}

// withoutPadding cuts the zeros that fill a table's last page; a table of zeros is none.
func withoutPadding(table []byte) []byte {
	cut := bytes.TrimRight(table, "\x00")
	if len(cut) == 0 {
		return nil
	}
	return table[:len(cut)]
}

func sized(content []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), content...)
}

func addressOf(memory unsafe.Pointer) uint64 { return uint64(uintptr(memory)) }
