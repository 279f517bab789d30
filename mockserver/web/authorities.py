"""The files of authorities that `tls` writes for this run's certificates: how clients are told of one,
and which of those on this machine is that of a server.
"""

from __future__ import annotations

import os
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Where clients look for the file of an authority: Go and OpenSSL, requests, curl, Node."""
FOLDER, FILE = "mockserver-", "authority.pem"
"""What the temporary folder of a server begins with, and the file in it."""
SECONDS = 2.0


def found(host: str, port: int) -> Path | None:
    """The file of the authority that has signed the certificate of a server on this machine.

    A handshake decides, so that what a server left behind is never taken for another's. None where
    the certificate is trusted without it. Raises ssl.SSLCertVerificationError where no authority is
    known, another OSError where nothing speaks https there.
    """
    for file in _own():
        try:
            context = ssl.create_default_context(cafile=str(file))
        except OSError:  # no authority, or its server has just ended and removed it
            continue
        try:
            _shake_hands(host, port, context)
        except ssl.SSLCertVerificationError:
            continue
        return file
    _shake_hands(host, port, ssl.create_default_context())
    return None


def _own() -> Iterator[Path]:
    """The files in folders of this user: in `/tmp` everybody may make a folder of any name."""
    for file in Path(tempfile.gettempdir()).glob(f"{FOLDER}*/{FILE}"):
        with suppress(OSError):  # it may be gone by now
            owner = file.parent.lstat().st_uid
            if not hasattr(os, "getuid") or owner == os.getuid():
                yield file


def _shake_hands(host: str, port: int, context: ssl.SSLContext) -> None:
    with (
        socket.create_connection((host, port), timeout=SECONDS) as line,
        context.wrap_socket(line, server_hostname=host),
    ):
        pass
