"""A loopback stand-in for FRED and Kenneth French's library, with faults, and sessions that are led to it."""

import io
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from core.providers.pace import Pace
from core.providers.published import new_session, session_class


def fred_csv(rows):
    return ("observation_date,X\n" + "".join(f"{day},{value}\n" for day, value in rows)).encode()


def french_zip(columns, months, cell="1.00", *, annual=True, gap=False):
    """An archive as the library's: a heading, monthly rows, a table of years, a notice."""
    head = "," + ",".join(columns)
    rows = []
    for k in range(months):
        if gap and k == months // 2:
            continue
        year, month = divmod(1926 * 12 + 6 + k, 12)
        rows.append(f"{year}{month + 1:02}," + ",".join(f"{cell:>8}" for _ in columns))
    parts = ["This file was created by CMPT_ME_BEME_RETS using the 202608 CRSP database.", "\r\n".join([head, *rows])]
    if annual:
        years = "\r\n".join(f"{1927 + k}," + ",".join("  12.00" for _ in columns) for k in range(60))
        parts.append(f" Annual Factors: January-December \r\n{head}\r\n{years}")
    parts.append("Copyright 2026 Eugene F. Fama and Kenneth R. French")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", "\r\n\r\n".join(parts))
    return packed.getvalue()


class Published:
    """The server. ``answers`` by path and query; ``fault`` overrides all: a status, or bytes, or ``hang``, ``cut``."""

    def __init__(self):
        self.answers = {}
        self.fault = None
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append((self.path, dict(self.headers)))
                outer.answer(self)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def answer(self, handler):
        fault = self.fault
        if isinstance(fault, int):
            handler.send_response(fault)
            if fault == 302:
                handler.send_header("Location", "http://203.0.113.9/elsewhere")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        if fault == "cut":
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"observation_date")
            handler.close_connection = True
            return
        if fault == "huge":
            handler.send_response(200)
            handler.end_headers()
            try:
                for _ in range(400):
                    handler.wfile.write(b"9" * 65_536)
            except OSError:
                pass
            return
        parts = urlsplit(handler.path)
        name = parse_qs(parts.query).get("id", [parts.path.rsplit("/", 1)[-1]])[0]
        body = fault if isinstance(fault, bytes) else self.answers.get(name)
        if body is None:
            handler.send_response(404)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def session(self, pace=None):
        """A session whose requests end here; the path and query stay."""
        base = f"http://127.0.0.1:{self.server.server_port}"

        class Led(session_class()):
            def address(self, url):
                parts = urlsplit(super().address(url))
                assert parts.scheme == "https"
                return f"{base}{parts.path}{'?' + parts.query if parts.query else ''}"

        made = new_session(pace or Pace(interval=0.0), Led)
        made.trust_env = False
        return made

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        time.sleep(0)
