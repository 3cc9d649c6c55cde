"""The vendor's signer as the judge of evsctl's signatures.

Listens on a loopback port, which it prints, and answers every request with an empty list of volumes. For each request
it signs the same text with the vendor's signer and prints `equal` or `differs`, with the method and the path. The
arguments are an access key and its secret; it ends with its stdin.
"""

import http.server
import sys
import threading

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from urllib.parse import parse_qsl, urlsplit

ACCESS, SECRET = sys.argv[1:]


class Judge(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def judge(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        given = self.headers.get("authorization", "")
        signed = given.split("SignedHeaders=")[1].split(",")[0].split(";") if "SignedHeaders=" in given else []
        url = urlsplit(self.path)
        request = SdkRequest(
            method=self.command,
            schema="http",
            host=self.headers["host"],
            resource_path=url.path,
            query_params=parse_qsl(url.query, keep_blank_values=True),
            # The signer signs every header that it is given, and its own host and date beside them.
            header_params={name: self.headers[name] for name in signed},
            body=body.decode() if body else "",
        )
        credentials = BasicCredentials(ACCESS, SECRET, "")
        expected = Signer(credentials).sign(request).header_params["Authorization"]
        print("equal" if expected == given else f"differs: {given} / {expected}", self.command, self.path, flush=True)
        answer = b'{"volumes":[]}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = judge

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Judge)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
