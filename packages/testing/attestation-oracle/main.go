// SPDX-License-Identifier: Apache-2.0

// Command attestation-oracle answers, one line of JSON for each line of JSON, whether Google's verifiers of SEV-SNP reports and
// TDX quotes accept evidence, and how long they take. For comparison only.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/google/logger"
)

// A setup names trust and endorsements; a request verifies evidence with one of them.
type request struct {
	Setup    string          `json:"setup"`
	Kind     string          `json:"kind"`
	Trust    json.RawMessage `json:"trust"`
	Use      string          `json:"use"`
	Evidence []byte          `json:"evidence"`
	// How often to verify it, for figures; 0 is once.
	Repeat int `json:"repeat"`
}

type answer struct {
	Accepted bool   `json:"accepted"`
	Reason   string `json:"reason,omitempty"`
	// Of all repetitions, in nanoseconds each.
	Mean int64 `json:"mean,omitempty"`
	P99  int64 `json:"p99,omitempty"`
}

type verifier func(evidence []byte) error

var kinds = map[string]func(json.RawMessage) (verifier, error){
	"snp":           newSnp,
	"snp-signature": newSnpSignature,
	"tdx":           newTdx,
}

func main() {
	logger.Init("oracle", false, false, devNull())
	setups := map[string]verifier{}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var asked request
		if err := decoder.Decode(&asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := out.Encode(handle(asked, setups)); err != nil {
			os.Exit(1)
		}
	}
}

func handle(asked request, setups map[string]verifier) answer {
	if asked.Setup != "" {
		made, err := kinds[asked.Kind](asked.Trust)
		if err != nil {
			return answer{Reason: err.Error()}
		}
		setups[asked.Setup] = made
		return answer{Accepted: true}
	}
	verify := setups[asked.Use]
	err := guarded(verify, asked.Evidence)
	if err != nil {
		return answer{Reason: err.Error()}
	}
	if asked.Repeat == 0 {
		return answer{Accepted: true}
	}
	took := make([]int64, asked.Repeat)
	var sum int64
	for i := range took {
		start := time.Now()
		_ = verify(asked.Evidence)
		took[i] = time.Since(start).Nanoseconds()
		sum += took[i]
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	return answer{Accepted: true, Mean: sum / int64(len(took)), P99: took[len(took)*99/100]}
}

// A verifier that panics has not accepted.
func guarded(verify verifier, evidence []byte) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("panic: %v", caught)
		}
	}()
	return verify(evidence)
}

func devNull() *os.File {
	file, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		os.Exit(1)
	}
	return file
}
