"""A connector in sixty-five lines: takes the bridge's messages, and answers each with the words of its command line."""

import hmac
import json
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError

port, events, secret_file, words = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4]
SECRET = secret_file.read_text(encoding="utf-8").strip().encode()
seen: set[str] = set()  # a real connector keeps this on its disk, with the messages


def signature(timestamp: str, body: bytes) -> str:
    return "v1=" + hmac.new(SECRET, timestamp.encode() + b"." + body, "sha256").hexdigest()


def bring(event: dict[str, object]) -> str:
    """Send an event until it is acknowledged: 503 and silence mean once more, under the same id."""
    body = json.dumps(event).encode()
    while True:
        now = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Bridge-Timestamp": now,
            "Bridge-Signature": signature(now, body),
        }
        try:
            with urllib.request.urlopen(urllib.request.Request(events, body, headers), timeout=15) as answer:
                return str(json.load(answer)["outcome"])
        except HTTPError as refused:
            if refused.code != 503:
                return f"refused with {refused.code}"
        except (URLError, OSError):
            pass
        time.sleep(1)


class Chat(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1_000_000))
        given, sent = self.headers.get("Bridge-Signature", ""), self.headers.get("Bridge-Timestamp", "0")
        fresh = sent.isdecimal() and abs(time.time() - int(sent)) < 300
        genuine = fresh and hmac.compare_digest(signature(sent, body).encode(), given.encode())
        self.send_response(202 if genuine else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()
        message = json.loads(body) if genuine else {}
        if message.get("type") == "message" and message["id"] not in seen:
            seen.add(message["id"])
            about = {"schema": "bridge.chat/1", "conversation": message["conversation"]["address"]}
            answer = about | {
                "type": "answer",
                "id": f"answer to {message['id']}",
                "text": words,
                "answers": message["id"],
            }
            print(message["customer"]["name"], "wrote:", message["post"]["text"], flush=True)
            print("our answer:", bring(answer | {"agent": {"id": "ann@acd.example.com"}}), flush=True)


ThreadingHTTPServer(("127.0.0.1", port), Chat).serve_forever()
