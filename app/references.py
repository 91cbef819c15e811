"""Booking references: what a ticket and its QR code say, signed, so that none can be made up.

    base32(booking's 16 bytes + show, shortest big-endian + signature)

Upper-case letters and the digits 2 to 7: easy to read out, and small as a QR code. A reference says
which booking is meant, not whether it still stands: whoever lets people in asks the ledger.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final
from uuid import UUID

# A guess is checked over the network, by staff, one at a time: 2^64 of them are out of reach.
SIGNATURE_BYTES: Final = 8
# The longest there is: 16 + 8 + 8 bytes; read out with spaces or hyphens somewhat longer.
REFERENCE_CHARS_MAX: Final = 100
_PURPOSE: Final = b"seatwire booking reference 1"
_UUID_BYTES: Final = 16
_SHOW_BYTES_MAX: Final = 8


class References:
    """Makes and reads references.

    secret: the installation's; the key derived from it serves nothing else.
    """

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), _PURPOSE, "sha256")

    def make(self, show: int, booking: UUID) -> str:
        """Return the reference of a booking, the same every time."""
        body = booking.bytes + show.to_bytes((show.bit_length() + 7) // 8, "big")
        return base64.b32encode(body + self._sign(body)).decode().rstrip("=")

    def read(self, reference: str) -> tuple[int, UUID] | None:
        """Return (show, booking), or None for what was not made here.

        Lower case, spaces and hyphens are as good: people type references.
        """
        if len(reference) > REFERENCE_CHARS_MAX:
            return None
        text = reference.upper().replace(" ", "").replace("-", "")
        try:
            data = base64.b32decode(text + "=" * (-len(text) % 8))
        except (binascii.Error, ValueError):
            return None
        body, signature = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
        if not _UUID_BYTES < len(body) <= _UUID_BYTES + _SHOW_BYTES_MAX:
            return None
        if not hmac.compare_digest(signature, self._sign(body)):
            return None
        return int.from_bytes(body[_UUID_BYTES:], "big"), UUID(bytes=body[:_UUID_BYTES])

    def _sign(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:SIGNATURE_BYTES]
