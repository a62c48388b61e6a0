// SPDX-License-Identifier: Apache-2.0

// Command tee-device asks a TEE's device for evidence, where the kernel offers no files for it: /dev/sev-guest and /dev/nsm
// answer to ioctl alone, which Node.js does not have. It knows nothing but how to ask: one request on standard input, one
// answer on standard output, and an exit code.
//
//	tee-device sev-guest [-device /dev/sev-guest] [-vmpl N]
//	    in: REPORT_DATA, 64 bytes. out: report and certificate table, each behind its length (four bytes, big-endian).
//	tee-device nsm [-device /dev/nsm]
//	    in: a CBOR request. out: the CBOR answer.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// Exit codes, as sysexits.h has them.
const (
	exitUsage       = 64
	exitRefused     = 65
	exitUnavailable = 69
	exitBusy        = 75
)

// Errors by what the caller can do about them: nothing is there, or asking again may help. Any other is a refusal.
var (
	errUnavailable = errors.New("device unavailable")
	errBusy        = errors.New("device busy")
)

// largestRequest is the most that a device takes: NSM requests.
const largestRequest = 0x1000

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, openDevice))
}

// opener opens a device; tests open devices of their own.
type opener func(path string) (device, error)

func run(args []string, in io.Reader, out, log io.Writer, open opener) int {
	answer, err := answerTo(args, in, log, open)
	if err == nil {
		_, err = out.Write(answer)
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(log, "usage: tee-device sev-guest|nsm [-device PATH] [-vmpl N]")
		return exitUsage
	case errors.Is(err, errUnavailable):
		fmt.Fprintln(log, err)
		return exitUnavailable
	case errors.Is(err, errBusy):
		fmt.Fprintln(log, err)
		return exitBusy
	default:
		fmt.Fprintln(log, err)
		return exitRefused
	}
}

var errUsage = errors.New("usage")

func answerTo(args []string, in io.Reader, log io.Writer, open opener) ([]byte, error) {
	if len(args) == 0 {
		return nil, errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	path := flags.String("device", "/dev/"+args[0], "path of the device")
	vmpl := flags.Uint("vmpl", 0, "privilege level, 0 to 3")
	if err := flags.Parse(args[1:]); err != nil || flags.NArg() > 0 || *vmpl > 3 {
		return nil, errUsage
	}
	request, err := io.ReadAll(io.LimitReader(in, largestRequest+1))
	if err != nil || len(request) == 0 || len(request) > largestRequest {
		return nil, errUsage
	}
	ask, err := askerOf(args[0], request, uint32(*vmpl))
	if err != nil {
		return nil, err
	}
	dev, err := open(*path)
	if err != nil {
		return nil, err
	}
	defer dev.close()
	return ask(dev)
}

func askerOf(name string, request []byte, vmpl uint32) (func(device) ([]byte, error), error) {
	switch name {
	case "sev-guest":
		if len(request) != reportDataSize {
			return nil, errUsage
		}
		return func(dev device) ([]byte, error) { return askSevGuest(dev, request, vmpl) }, nil
	case "nsm":
		return func(dev device) ([]byte, error) { return askNsm(dev, request) }, nil
	default:
		return nil, errUsage
	}
}
