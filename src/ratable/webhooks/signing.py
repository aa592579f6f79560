"""Signs what is sent, and checks what was received. Receivers may copy this file: it needs the standard library alone.

Worked example: at 1775034000 the body {"event":41} is sent with `Ratable-Signature: t=1775034000,v1=5f0c...`, where v1
is HMAC-SHA256, by the secret of the endpoint, over `1775034000.{"event":41}`. While a secret is being replaced there is
a v1 of the old one and a v1 of the new one, so that a receiver may hold either.

    if not signing.verify(secret, request.headers["Ratable-Signature"], body=request.body, now=datetime.now(UTC)):
        return 400  # Neither read it nor say why.

Refused: another body, time or secret; more than five minutes off; more than 64 KB. A body that comes twice has the same
`event` and `hash`: keep the number of each event that you have acted on, and answer 200 without acting again.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

HEADER = "Ratable-Signature"
LARGEST_BODY = 64 * 1024
TOLERANCE = 300

_PREFIX = "rtw_"
_PARTS = re.compile(r"t=([0-9]{1,12})((?:,v1=[0-9a-f]{64}){1,2})")


def secret(master: str, salt: str) -> str:
    """The secret of an endpoint, which follows from that of the application; whoever reads the salt knows nothing.

    Args:
        master: the secret key of the application.
        salt: of the endpoint, chosen at random when the secret was made.
    """
    made = hmac.digest(master.encode(), f"ratable webhook {salt}".encode(), hashlib.sha256)
    return _PREFIX + base64.urlsafe_b64encode(made).decode().rstrip("=")


def header(secrets: Sequence[str], *, at: int, body: bytes) -> str:
    """The value of `Ratable-Signature`.

    Args:
        secrets: one or two that are live.
        at: seconds since 1970.
        body: as it is sent, to the byte.
    """
    return ",".join([f"t={at}", *(f"v1={_signature(each, str(at), body)}" for each in secrets)])


def verify(secret: str, header: str, *, body: bytes, now: datetime, tolerance: int = TOLERANCE) -> bool:
    """Whether a body was sent by whoever holds the secret, just now.

    Args:
        secret: as it was shown when the endpoint was made.
        header: the value of `Ratable-Signature`.
        body: as it was received, to the byte: not parsed and written again.
        now: by the clock of the receiver, with its time zone.
        tolerance: seconds that the two clocks and the way may differ.
    """
    parts = _PARTS.fullmatch(header)
    if parts is None or len(body) > LARGEST_BODY or abs(now.timestamp() - int(parts[1])) > tolerance:
        return False
    expected = _signature(secret, parts[1], body)
    found = [hmac.compare_digest(expected, seen) for seen in parts[2].split(",v1=")[1:]]
    return any(found)  # After all were compared, so that it takes as long whichever was right.


def _signature(secret: str, at: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hex()
