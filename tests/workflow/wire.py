"""A listener on the wire between psycopg and PostgreSQL, which counts round trips."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

#: Messages after which a client waits: a simple query, and the end of an extended one.
_WAITS = {b"Q", b"S"}
_PORT = 5432


class Wire:
    """Counts what a client sends that it then waits for the answer of."""

    def __init__(self) -> None:
        self.round_trips = 0

    def count(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on what the client sends, message by message."""
        with client.makefile("rb") as stream:
            length = stream.read(4)  # the first message has no type
            server.sendall(length + stream.read(int.from_bytes(length) - 4))
            while kind := stream.read(1):
                length = stream.read(4)
                body = stream.read(int.from_bytes(length) - 4)
                if kind in _WAITS:
                    self.round_trips += 1
                server.sendall(kind + length + body)
        with suppress(OSError):  # the server may have hung up first
            server.shutdown(socket.SHUT_WR)


def _answers(server: socket.socket, client: socket.socket) -> None:
    with server, client, suppress(OSError):  # the client may have hung up first
        while said := server.recv(65_536):
            client.sendall(said)


@contextmanager
def tapped(database_url: str) -> Iterator[tuple[str, Wire]]:
    """The address of a database by way of the wire, and the wire. One server of ours, by socket."""
    parts = urlsplit(database_url)
    given = parse_qs(parts.query)
    target = Path(given["host"][0]) / f".s.PGSQL.{given['port'][0]}"
    wire = Wire()
    with (
        TemporaryDirectory(prefix="wire-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener,
    ):
        listener.bind(f"{folder}/.s.PGSQL.{_PORT}")
        listener.listen()
        threading.Thread(target=_accept, args=(listener, target, wire), daemon=True).start()
        yield parts._replace(query=f"host={folder}&port={_PORT}").geturl(), wire
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, target: Path, wire: Wire) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:  # the listener is closed: that is the end of it
            return
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.connect(str(target))
        threading.Thread(target=wire.count, args=(client, server), daemon=True).start()
        threading.Thread(target=_answers, args=(server, client), daemon=True).start()
