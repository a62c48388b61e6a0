// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"
)

// fakeDevice stands where the kernel does: it reads and writes the memory that it is handed.
type fakeDevice struct {
	answer func(request uintptr, argument unsafe.Pointer) syscall.Errno
	closed int
}

func (d *fakeDevice) ioctl(request uintptr, argument unsafe.Pointer) syscall.Errno {
	return d.answer(request, argument)
}
func (d *fakeDevice) close() { d.closed++ }

func at[T any](address uint64) *T { return *(**T)(unsafe.Pointer(&address)) }

// sevGuest answers with a report that repeats REPORT_DATA and the level, and with a table.
func sevGuest(table []byte, fault func(uintptr, *snpGuestRequest) syscall.Errno) *fakeDevice {
	return &fakeDevice{answer: func(code uintptr, argument unsafe.Pointer) syscall.Errno {
		call := (*snpGuestRequest)(argument)
		if fault != nil {
			if errno := fault(code, call); errno != 0 || call.firmwareError != 0 {
				return errno
			}
		}
		request := at[snpReportRequest](call.requestData)
		if code == snpGetExtReport {
			extended := at[snpExtReportRequest](call.requestData)
			request = &extended.data
			if table == nil {
				call.vmmError = vmmInvalidLength
				return syscall.EIO
			}
			copy(unsafe.Slice(at[byte](extended.certsAddress), extended.certsLen), table)
		}
		response := at[snpReportResponse](call.responseData)
		binary.LittleEndian.PutUint32(response[4:], reportSize)
		binary.LittleEndian.PutUint32(response[reportOffset+0x30:], request.vmpl)
		copy(response[reportOffset+0x50:], request.userData[:])
		return 0
	}}
}

func ask(dev *fakeDevice, in []byte, args ...string) (code int, out []byte, log string) {
	var stdout, stderr bytes.Buffer
	open := func(string) (device, error) { return dev, nil }
	code = run(args, bytes.NewReader(in), &stdout, &stderr, open)
	return code, stdout.Bytes(), stderr.String()
}

var reportData = bytes.Repeat([]byte{0xd7}, reportDataSize)

func split(t *testing.T, out []byte) (report, table []byte) {
	t.Helper()
	n := binary.BigEndian.Uint32(out)
	report = out[4 : 4+n]
	rest := out[4+n:]
	m := binary.BigEndian.Uint32(rest)
	if len(rest) != int(4+m) {
		t.Fatalf("answer of %d bytes has %d behind its parts", len(out), len(rest))
	}
	return report, rest[4:]
}

func TestLayouts(t *testing.T) {
	sizes := map[string][2]uintptr{
		"snp_report_req":          {unsafe.Sizeof(snpReportRequest{}), 96},
		"snp_ext_report_req":      {unsafe.Sizeof(snpExtReportRequest{}), 112},
		"snp_report_resp":         {unsafe.Sizeof(snpReportResponse{}), 4000},
		"snp_guest_request_ioctl": {unsafe.Sizeof(snpGuestRequest{}), 32},
		"nsm_raw":                 {unsafe.Sizeof(nsmMessage{}), 32},
	}
	for name, size := range sizes {
		if size[0] != size[1] {
			t.Errorf("struct %s has %d bytes, not %d", name, size[0], size[1])
		}
	}
}

func TestReportWithTable(t *testing.T) {
	dev := sevGuest([]byte("table"), nil)
	code, out, log := ask(dev, reportData, "sev-guest", "-vmpl", "2")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, log)
	}
	report, table := split(t, out)
	if len(report) != reportSize || !bytes.Equal(report[0x50:0x90], reportData) || report[0x30] != 2 {
		t.Error("the report is not that of the request")
	}
	if string(table) != "table" {
		t.Errorf("table %q", table)
	}
	if dev.closed != 1 {
		t.Errorf("closed %d times", dev.closed)
	}
}

func TestReportWhereTheHostHasNoTable(t *testing.T) {
	for name, dev := range map[string]*fakeDevice{
		"a length that is refused": sevGuest(nil, nil),
		"a table of zeros":         sevGuest([]byte{}, nil),
		"a kernel that knows no extended reports": sevGuest(nil, func(code uintptr, _ *snpGuestRequest) syscall.Errno {
			if code == snpGetExtReport {
				return syscall.ENOTTY
			}
			return 0
		}),
	} {
		code, out, log := ask(dev, reportData, "sev-guest")
		if code != 0 {
			t.Fatalf("%s: exit %d: %s", name, code, log)
		}
		if report, table := split(t, out); len(report) != reportSize || len(table) != 0 {
			t.Errorf("%s: %d and %d bytes", name, len(report), len(table))
		}
	}
}

func TestFaultsOfSevGuest(t *testing.T) {
	faults := map[string]struct {
		exit  int
		fault func(uintptr, *snpGuestRequest) syscall.Errno
	}{
		"host busy": {exitBusy, func(_ uintptr, call *snpGuestRequest) syscall.Errno {
			call.vmmError = vmmBusy
			return syscall.EIO
		}},
		"another process asks": {exitBusy, func(uintptr, *snpGuestRequest) syscall.Errno { return syscall.EBUSY }},
		"no such device":       {exitUnavailable, func(uintptr, *snpGuestRequest) syscall.Errno { return syscall.ENODEV }},
		"keys wiped":           {exitRefused, func(uintptr, *snpGuestRequest) syscall.Errno { return syscall.EIO }},
		"firmware error": {exitRefused, func(_ uintptr, call *snpGuestRequest) syscall.Errno {
			call.firmwareError = 0x16
			return 0
		}},
	}
	for name, want := range faults {
		if code, out, _ := ask(sevGuest([]byte("t"), want.fault), reportData, "sev-guest"); code != want.exit || len(out) > 0 {
			t.Errorf("%s: exit %d with %d bytes", name, code, len(out))
		}
	}
	short := sevGuest([]byte("t"), nil)
	answer := short.answer
	short.answer = func(code uintptr, argument unsafe.Pointer) syscall.Errno {
		errno := answer(code, argument)
		binary.LittleEndian.PutUint32(at[snpReportResponse]((*snpGuestRequest)(argument).responseData)[4:], 1183)
		return errno
	}
	if code, _, _ := ask(short, reportData, "sev-guest"); code != exitRefused {
		t.Errorf("short report: exit %d", code)
	}
}

func TestNsm(t *testing.T) {
	dev := &fakeDevice{answer: func(code uintptr, argument unsafe.Pointer) syscall.Errno {
		message := (*nsmMessage)(argument)
		request := unsafe.Slice(at[byte](message.request.address), message.request.length)
		response := unsafe.Slice(at[byte](message.response.address), message.response.length)
		if code != nsmRaw {
			return syscall.ENOTTY
		}
		message.response.length = uint64(copy(response, append([]byte("answer to "), request...)))
		return 0
	}}
	code, out, log := ask(dev, []byte("request"), "nsm")
	if code != 0 || string(out) != "answer to request" {
		t.Errorf("exit %d, %q, %s", code, out, log)
	}
	for _, length := range []uint64{0, nsmResponseSize + 1} {
		dev.answer = func(_ uintptr, argument unsafe.Pointer) syscall.Errno {
			(*nsmMessage)(argument).response.length = length
			return 0
		}
		if code, out, _ := ask(dev, []byte("request"), "nsm"); code != exitRefused || len(out) > 0 {
			t.Errorf("answer of %d bytes: exit %d", length, code)
		}
	}
}

func TestArguments(t *testing.T) {
	dev := sevGuest([]byte("t"), nil)
	long := bytes.Repeat([]byte{1}, largestRequest+1)
	for _, try := range []struct {
		in   []byte
		args []string
	}{
		{reportData, nil}, {reportData, []string{"tdx"}}, {reportData, []string{"sev-guest", "more"}},
		{reportData, []string{"sev-guest", "-vmpl", "4"}}, {reportData[:63], []string{"sev-guest"}},
		{nil, []string{"nsm"}}, {long, []string{"nsm"}},
	} {
		if code, _, _ := ask(dev, try.in, try.args...); code != exitUsage {
			t.Errorf("%q: exit %d", try.args, code)
		}
	}
}

func TestPathsThatAreNoDevice(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{"/dev/null", filepath.Join(folder, "missing"), folder} {
		var out, log bytes.Buffer
		args := []string{"sev-guest", "-device", path}
		if code := run(args, bytes.NewReader(reportData), &out, &log, openDevice); code != exitUnavailable {
			t.Errorf("%s: exit %d: %s", path, code, log.String())
		}
	}
}
