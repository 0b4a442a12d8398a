# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Opens a document with one error in tern-lsp-server and expects one diagnostic at its line.
import json
import subprocess
import sys

TEXT = """func.func @f(%a: tensor<4x8xf32>, %b: tensor<7x5xf32>) {
  %0 = tern.matmul %a, %b : tensor<4x8xf32>, tensor<7x5xf32>
  return
}
"""


class Server:
    def __init__(self):
        self.process = subprocess.Popen(["tern-lsp-server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def send(self, method, params, **extra):
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **extra}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self):
        size = 0
        while line := self.process.stdout.readline().strip():
            key, value = line.split(b":")
            size = int(value) if key.lower() == b"content-length" else size
        return json.loads(self.process.stdout.read(size))


def main():
    server = Server()
    server.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1)
    if not server.receive()["result"]["capabilities"]["hoverProvider"]:
        sys.exit("no hover")
    server.send("initialized", {})
    document = {"uri": "file:///model.mlir", "languageId": "mlir", "version": 1, "text": TEXT}
    server.send("textDocument/didOpen", {"textDocument": document})
    diagnostics = server.receive()["params"]["diagnostics"]
    found = [(item["range"]["start"]["line"], item["message"]) for item in diagnostics]
    expected = [(1, "matmul, contracted dimension of the right operand: expected 8, found 7")]
    server.process.kill()
    if found != expected:
        sys.exit(f"{found}, expected {expected}")


main()
