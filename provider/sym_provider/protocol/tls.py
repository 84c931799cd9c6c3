"""The certificate a plugin shows Terraform: made at start, never written down, forgotten at exit.

Only the server side is authenticated. go-plugin's client certificate is on P-521, which gRPC's TLS library does not
verify; what keeps strangers out instead is that the socket lies in a directory only its owner can enter.
"""

from __future__ import annotations

import base64
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate: key and certificate as PEM, and the certificate as DER for the handshake."""

    key: bytes
    chain: bytes
    der: bytes


def make_certificate(now: datetime) -> Certificate:
    """Make a certificate for ``localhost``, the name go-plugin checks, good from an hour before *now* for a year."""
    # Imported when Terraform asks for TLS only. Keys and signatures are the library's; what goes around them is written
    # here, because cryptography.x509 takes three times as long to import as everything below takes together.
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.private_numbers()
    point = numbers.public_numbers
    public = _bits(b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"))
    described = _described(public, now)
    der = _sequence(described, _ECDSA_WITH_SHA256, _bits(key.sign(described, ec.ECDSA(hashes.SHA256()))))
    private = _octets(numbers.private_value.to_bytes(32, "big"))
    secret = _sequence(_number(1), private, _tagged(0xA0, _P256), _tagged(0xA1, public))  # RFC 5915
    return Certificate(_pem("EC PRIVATE KEY", secret), _pem("CERTIFICATE", der), der)


def _described(public: bytes, now: datetime) -> bytes:
    """What is signed: RFC 5280's TBSCertificate."""
    name = _sequence(_tagged(0x31, _sequence(_COMMON_NAME, _tagged(0x0C, b"localhost"))))
    validity = _sequence(_time(now - timedelta(hours=1)), _time(now + timedelta(days=365)))
    return _sequence(
        _tagged(0xA0, _number(2)),  # version 3
        _number(int.from_bytes(os.urandom(16), "big")),
        _ECDSA_WITH_SHA256,
        name,
        validity,
        name,
        _sequence(_sequence(_EC_PUBLIC_KEY, _P256), public),
        _tagged(0xA3, _sequence(
            _sequence(_SUBJECT_ALT_NAME, _octets(_sequence(_tagged(0x82, b"localhost")))),
            _sequence(_BASIC_CONSTRAINTS, _TRUE, _octets(_sequence(_TRUE, _number(0)))),
            _sequence(_EXTENDED_KEY_USAGE, _octets(_sequence(_SERVER_AUTH))),
        )),
    )  # fmt: skip


def _tagged(tag: int, content: bytes) -> bytes:
    """One value in ASN.1's distinguished encoding (X.690)."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _number(value: int) -> bytes:
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _bits(value: bytes) -> bytes:
    return _tagged(0x03, b"\x00" + value)


def _octets(value: bytes) -> bytes:
    return _tagged(0x04, value)


def _time(moment: datetime) -> bytes:
    text = moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()
    return _tagged(0x17, text[2:]) if moment.year < 2050 else _tagged(0x18, text)


def _pem(label: str, der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()


_TRUE: Final = b"\x01\x01\xff"
# Object identifiers, encoded.
_COMMON_NAME: Final = bytes.fromhex("0603550403")
_SUBJECT_ALT_NAME: Final = bytes.fromhex("0603551d11")
_BASIC_CONSTRAINTS: Final = bytes.fromhex("0603551d13")
_EXTENDED_KEY_USAGE: Final = bytes.fromhex("0603551d25")
_SERVER_AUTH: Final = bytes.fromhex("06082b06010505070301")
_EC_PUBLIC_KEY: Final = bytes.fromhex("06072a8648ce3d0201")
_P256: Final = bytes.fromhex("06082a8648ce3d030107")
_ECDSA_WITH_SHA256: Final = _sequence(bytes.fromhex("06082a8648ce3d040302"))


def server_context(certificate: Certificate, folder: Path) -> ssl.SSLContext:
    """How to serve with the certificate. ``folder`` is one that only we can enter."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    # Python takes the key from a file only. Who could read this one could as well use the socket that lies beside it.
    file = folder / "certificate"
    file.touch(mode=0o600)
    try:
        file.write_bytes(certificate.key + certificate.chain)
        context.load_cert_chain(file)
    finally:
        file.unlink()
    return context
