"""The certificate is what go-plugin checks: P-256, localhost, its own authority, valid now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sym_provider.protocol.tls import make_certificate

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_the_certificate_is_good_for_localhost_now() -> None:
    made = make_certificate(NOW)
    certificate = x509.load_der_x509_certificate(made.der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc - timedelta(days=300)
    certificate.verify_directly_issued_by(certificate)


def test_key_and_both_forms_of_the_certificate_belong_together() -> None:
    made = make_certificate(NOW)
    key = serialization.load_pem_private_key(made.key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(key.curve, ec.SECP256R1)
    chain = x509.load_pem_x509_certificate(made.chain)
    assert chain.public_key() == key.public_key()
    assert chain.public_bytes(serialization.Encoding.DER) == made.der


def test_no_two_processes_share_a_key() -> None:
    assert make_certificate(NOW).key != make_certificate(NOW).key
