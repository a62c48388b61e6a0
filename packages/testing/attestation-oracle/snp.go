// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/x509"
	"encoding/json"
	"time"

	"github.com/google/go-sev-guest/abi"
	pb "github.com/google/go-sev-guest/proto/sevsnp"
	"github.com/google/go-sev-guest/verify"
	"github.com/google/go-sev-guest/verify/trust"
)

type snpTrust struct {
	Product string `json:"product"`
	Vcek    []byte `json:"vcek"`
	Ask     []byte `json:"ask"`
	Ark     []byte `json:"ark"`
	Now     int64  `json:"now"`
}

// The whole verification, chain included, as the module's users call it.
func newSnp(raw json.RawMessage) (verifier, error) {
	given, roots, err := readSnpTrust(raw)
	if err != nil {
		return nil, err
	}
	return func(evidence []byte) error {
		report, err := abi.ReportToProto(evidence)
		if err != nil {
			return err
		}
		attestation := &pb.Attestation{
			Report:           report,
			CertificateChain: &pb.CertificateChain{VcekCert: given.Vcek, AskCert: given.Ask, ArkCert: given.Ark},
		}
		return verify.SnpAttestation(attestation, &verify.Options{
			DisableCertFetching: true,
			Now:                 time.Unix(given.Now, 0),
			TrustedRoots:        map[string][]*trust.AMDRootCerts{given.Product: {roots}},
		})
	}, nil
}

// The signature alone, by a certificate that was parsed and verified before: what is left with a cached chain.
func newSnpSignature(raw json.RawMessage) (verifier, error) {
	given, _, err := readSnpTrust(raw)
	if err != nil {
		return nil, err
	}
	vcek, err := x509.ParseCertificate(given.Vcek)
	if err != nil {
		return nil, err
	}
	return func(evidence []byte) error {
		if _, err := abi.ReportToProto(evidence); err != nil {
			return err
		}
		return verify.SnpReportSignature(evidence, vcek)
	}, nil
}

func readSnpTrust(raw json.RawMessage) (snpTrust, *trust.AMDRootCerts, error) {
	var given snpTrust
	if err := json.Unmarshal(raw, &given); err != nil {
		return given, nil, err
	}
	roots := trust.AMDRootCertsProduct(given.Product)
	roots.ProductCerts = &trust.ProductCerts{}
	return given, roots, roots.ProductCerts.Decode(given.Ask, given.Ark)
}
