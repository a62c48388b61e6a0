// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/go-tdx-guest/verify"
)

type response struct {
	Header map[string][]string `json:"header"`
	Body   []byte              `json:"body"`
}

type tdxTrust struct {
	Root []byte `json:"root"`
	Now  int64  `json:"now"`
	// What the collateral service would answer, by URL.
	Responses map[string]response `json:"responses"`
}

type recorded map[string]response

func (all recorded) Get(url string) (map[string][]string, []byte, error) {
	found, ok := all[url]
	if !ok {
		return nil, nil, fmt.Errorf("not recorded: %s", url)
	}
	return found.Header, found.Body, nil
}

// The whole verification with collateral and revocation lists.
func newTdx(raw json.RawMessage) (verifier, error) {
	var given tdxTrust
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(given.Root)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return func(evidence []byte) error {
		return verify.RawTdxQuote(evidence, &verify.Options{
			CheckRevocations: true,
			GetCollateral:    true,
			Getter:           recorded(given.Responses),
			Now:              time.Unix(given.Now, 0),
			TrustedRoots:     pool,
		})
	}, nil
}
