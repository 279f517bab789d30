"""TLS for a live server: an authority and a certificate of this run, or one's own."""

from __future__ import annotations

import ipaddress
import shutil
import ssl
import tempfile
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme

from mockserver.web.authorities import FILE, FOLDER, VARIABLES


@dataclass(frozen=True, slots=True)
class Tls:
    """What a server needs, and the file of the authority that its clients need (None: one's own).

    `close()` removes that file, when the server has ended; else the end of the process does.
    """

    context: ssl.SSLContext
    authority: Path | None = None
    close: Callable[[], object] = lambda: None

    @property
    def env(self) -> Mapping[str, str]:
        """The variables that have clients trust the server."""
        return {} if self.authority is None else dict.fromkeys(VARIABLES, str(self.authority))


def made(host: str) -> Tls:
    """A new authority and a certificate for this machine's names and `host`.

    The authority's certificate is written to a new temporary folder; its key is kept nowhere. The
    server's key lies there while OpenSSL, which takes files alone, reads it.
    """
    authority = trustme.CA(organization_name="tfe-mockserver")
    names = dict.fromkeys(["localhost", "127.0.0.1", "::1", *_names(host)])
    context = _context()
    folder = tempfile.mkdtemp(prefix=FOLDER)
    close = weakref.finalize(context, shutil.rmtree, folder, ignore_errors=True)
    with authority.issue_cert(*names).private_key_and_cert_chain_pem.tempfile(dir=folder) as pair:
        context.load_cert_chain(pair)
    file = Path(folder, FILE)
    authority.cert_pem.write_to_path(str(file))
    return Tls(context, file, close)


def given(certificate: str, key: str | None) -> Tls:
    """One's own certificate and key. Raises OSError where a file cannot be read, ValueError with a reason
    where they are none.
    """
    context = _context()
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ValueError("its private key belongs to another certificate") from None
        where = (
            f"{key} no private key" if key else "no private key in it (--tls-key names its file)"
        )
        raise ValueError(f"it is no certificate in PEM, or {where}") from None
    return Tls(context)


def _names(host: str) -> list[str]:
    name = host.strip("[]")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return [name]
    return [] if address.is_unspecified else [name]


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
