"""The certificate a plugin shows Terraform: made at start, never written down, forgotten at exit.

Only the server side is authenticated. go-plugin's client certificate is on P-521, which gRPC's TLS library does not
verify; what keeps strangers out instead is that the socket lies in a directory only its owner can enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate: key and certificate as PEM, and the certificate as DER for the handshake."""

    key: bytes
    chain: bytes
    der: bytes


def make_certificate(now: datetime) -> Certificate:
    """Make a certificate for ``localhost``, the name go-plugin checks, good from an hour before *now* for a year."""
    # 40 ms of imports, and none of it is needed when Terraform asks for no TLS.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Certificate(private, certificate.public_bytes(pem), certificate.public_bytes(serialization.Encoding.DER))
