"""AWS's own address of a user pool, answered by a stand-in for programs that a proxy sends here.

Tokens of MiniStack name AWS as their issuer, and the authorizer function fetches the issuer's keys
over https, as it does when it is deployed. This proxy is the network that it needs for that: it
claims to be the host with a certificate of its own and asks the stand-in instead.
"""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class AwsAddress:
    """A proxy on loopback for one host name; ``stop`` must follow."""

    def __init__(self, host, stand_in, directory):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.stand_in = stand_in
        self._server.host = host
        certificate = _certificate(host, directory)
        self._server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._server.tls.load_cert_chain(certificate)
        # What a program needs in its environment to be sent here, and to believe in it.
        self.environment = {
            "https_proxy": f"http://127.0.0.1:{self._server.server_port}",
            "SSL_CERT_FILE": str(certificate),
        }
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_CONNECT(self):
        if self.path != f"{self.server.host}:443":
            self.send_error(403)
            return
        self.send_response(200)
        self.end_headers()
        with (
            self.server.tls.wrap_socket(self.connection, server_side=True) as connection,
            connection.makefile("rb") as self.rfile,
            connection.makefile("wb") as self.wfile,
        ):
            self.handle_one_request()
        self.close_connection = True

    def do_GET(self):
        answer = requests.get(self.server.stand_in + self.path, timeout=20)
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *arguments):
        """Nothing to the screen."""


def _certificate(host, directory):
    """A file with a key and a certificate of that host, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = directory / "aws-address.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
