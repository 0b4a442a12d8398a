# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Speaks the language server protocol to tern-lsp-server, as an editor does.
#
# usage: language-server.py CASE, a function of this file
import json
import os
import signal
import subprocess
import sys
import time

MODEL = """!act = tensor<?x?x?xf32>
module @small {
  tern.hyper @d_model = 8
  func.func @forward(%tokens: tensor<?x?xi32> {tern.role = "tokens", tern.dims = ["batch", "seq"]}) -> !act {
    %wte = tern.param "wte.weight" [16, @d_model] normal(0.02) : tensor<?x?xf32>
    %x = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %qkv = tern.linear %x "attn" out 3 * @d_model : !act
    %y = tern.attention %qkv heads 2 causal : !act
    return %y : !act
  }
}
"""
MISMATCH = """func.func @f(%a: tensor<4x8xf32>, %b: tensor<7x5xf32>) {
  %0 = tern.matmul %a, %b : tensor<4x8xf32>, tensor<7x5xf32>
  return
}
"""


class Server:
    def __init__(self, snippets=True):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(["tern-lsp-server"], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self.number = 0
        self.version = 0
        capabilities = {"textDocument": {"completion": {"completionItem": {"snippetSupport": snippets}}}}
        self.initialization = {"processId": None, "rootUri": None, "capabilities": capabilities}

    def write(self, body):
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params=None):
        self.write(json.dumps({"jsonrpc": "2.0", "method": method, "params": params or {}}).encode())

    def receive(self):
        size = 0
        while line := self.process.stdout.readline().strip():
            key, value = line.split(b":")
            size = int(value) if key.lower() == b"content-length" else size
        return json.loads(self.process.stdout.read(size))

    def request(self, method, params=None):
        """The whole answer; the server answers requests in their order."""
        self.number += 1
        self.write(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params or {}}).encode())
        answer = self.receive()
        expect(answer.get("id"), self.number)
        return answer

    def start(self):
        answer = self.request("initialize", self.initialization)["result"]
        self.notify("initialized")
        return answer

    def show(self, text, uri="file:///model.mlir"):
        """Opens or changes the document; returns its diagnostics as (line, covered text, severity, message)."""
        self.version += 1
        document = {"uri": uri, "languageId": "mlir", "version": self.version, "text": text}
        if self.version == 1:
            self.notify("textDocument/didOpen", {"textDocument": document})
        else:
            del document["text"]
            changes = [{"text": "overtaken"}, {"text": text}]
            self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        message = self.receive()["params"]
        expect((message["uri"], message["version"]), (uri, self.version))
        return [summary(text, item) for item in message["diagnostics"]]

    def ask(self, what, text, mark):
        """A request about the place before which `mark` stands in the text."""
        before = text[:text.index(mark) + len(mark)]
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2].encode("utf-16-le")) // 2}
        parameters = {"textDocument": {"uri": "file:///model.mlir"}, "position": place}
        return self.request(f"textDocument/{what}", parameters)["result"]

    def stop(self):
        expect(self.request("shutdown")["result"], None)
        self.notify("exit")
        return self.process.wait(timeout=10)


def expect(found, expected):
    if found != expected:
        raise SystemExit(f"found {found!r}, expected {expected!r}")


def expect_in(part, whole):
    if part not in whole:
        raise SystemExit(f"expected {part!r} in {whole!r}")


def summary(text, item):
    start, end = item["range"]["start"], item["range"]["end"]
    line = text.split("\n")[start["line"]]
    return start["line"], line[start["character"]:end["character"]], item["severity"], item["message"]


def width(interval):
    return interval["end"]["character"] - interval["start"]["character"]


def started(text):
    server = Server()
    server.start()
    return server, server.show(text)


def hover():
    """Documentation of ops from their definitions, above what upstream says; upstream's words on values and symbols."""
    server, found = started("// RUN: tern-opt --tern-fuse-qkv\n" + MODEL)
    text = "// RUN: tern-opt --tern-fuse-qkv\n" + MODEL
    expect(found, [])
    answer = server.ask("hover", text, "tern.atte")
    expect(width(answer["range"]), len("tern.attention"))
    shown = answer["contents"]["value"]
    for part in ("### `tern.attention`", "multi-head and grouped-query attention", "softmax(",
                 "#### Operands:\n\n* `inputs`: variadic", "#### Attributes:\n\n* `heads`: a size",
                 "#### Results:\n\n* `result`: ", "\n\n```mlir\n%o = tern.attention %qkv heads 12 causal"):
        expect_in(part.lower(), shown.lower())
    expect_in("Generic Form", shown)  # upstream's
    expect_in("### `tern-fuse-qkv`", server.ask("hover", text, "--tern-fuse")["contents"]["value"])
    expect_in("tensor<?x?x?xf32>", server.ask("hover", text, "%qk")["contents"]["value"])
    expect_in("tern.hyper", server.ask("hover", text, "hyper @d_mo")["contents"]["value"])
    expect_in("`@d_model` = 8", server.ask("hover", text, "3 * @d_mo")["contents"]["value"])
    # Places are counted in UTF-16.
    server.show("// \U0001d546 tern.attention\n")
    answer = server.ask("hover", "// \U0001d546 tern.attention\n", "tern.atte")
    expect((answer["range"]["start"]["character"], width(answer["range"])), (6, len("tern.attention")))
    # A file that does not parse has documentation too.
    broken = text.replace("causal", "casual")
    expect(len(server.show(broken)), 1)
    expect_in("softmax(", server.ask("hover", broken, "tern.atte")["contents"]["value"])
    expect(server.stop(), 0)


def diagnostics():
    """Errors of one op, of the whole model, of a size: each where it stands, and gone with the next change."""
    server, found = started(MISMATCH)
    expect(found, [(1, "tern.matmul", 1, "matmul, contracted dimension of the right operand: expected 8, found 7")])
    expect(server.show(MODEL), [])
    # Shows only when sizes are known: parser and verifier see `?`.
    wide = MODEL.replace("    %qkv", "    %m = tern.matmul %x, %wte : !act, tensor<?x?xf32>\n    %qkv")
    message = "matmul, contracted dimension of the right operand: expected 8, found 16"
    expect(server.show(wide), [(6, "tern.matmul", 1, message)])
    unknown = MODEL.replace("heads 2", "heads @n_head")
    [(line, covered, severity, message)] = server.show(unknown)
    expect((line, covered, severity), (7, "tern.attention", 1))
    expect_in("the model declares no such hyperparameter", message)
    # Only a size that a compilation chooses makes it wrong.
    nameless = MODEL.replace(', tern.dims = ["batch", "seq"]', "")
    [(line, covered, severity, message)] = server.show(nameless)
    expect((line, severity), (3, 2))
    expect_in("with --batch=2 --seq=3: argument 0 of @forward", message)
    expect(server.show(MODEL), [])
    expect(server.stop(), 0)


def completion():
    """Names of ops with summary and documentation, also in a file that ends in the middle of one."""
    half = MODEL[:MODEL.index("tern.attention")] + "tern.at"
    server, found = started(half)
    expect(len(found) > 0, True)
    items = server.ask("completion", half, "%y = tern.at")["items"]
    labels = [item["label"] for item in items]
    expect(labels[0], "tern.attention")
    expect_in("tern.attention_grad", labels)
    expect("attention" in items[0]["detail"] and "softmax(" in items[0]["documentation"]["value"], True)
    edit = items[0]["textEdit"]
    expect((edit["newText"], width(edit["range"])), ("tern.attention", len("tern.at")))
    [snippet] = [item for item in items if item["label"] == "tern.attention %qkv heads 12 causal"]
    expect((snippet["insertTextFormat"], snippet["textEdit"]["newText"]),
           (2, "tern.attention ${1:%qkv} heads ${2:12} causal : ${3:tensor<2x4x2304xf32>}"))
    other = half.replace("tern.at", "arith.addf %x, %q")
    server.show(other)
    expect_in("%qkv", [item["label"] for item in server.ask("completion", other, "%x, %q")["items"]])
    other = other.replace("tern.embedding", "tern.embeding")  # upstream's parser ends here
    server.show(other)
    expect([item["label"] for item in server.ask("completion", other, "%x, %q")["items"]], ["%qkv"])
    other = half.replace("%y = tern.at", "%y = tern.linear %x \"a\" out 3 * @d")
    server.show(other)
    [item] = server.ask("completion", other, '"a" out 3 * @d')["items"]
    expect((item["label"], item["detail"]), ("@d_model", "= 8"))
    other = "// RUN: tern-opt %s --tern-fuse-q\n"
    server.show(other)
    expect([item["label"] for item in server.ask("completion", other, "--tern-fuse-q")["items"]], ["tern-fuse-qkv"])
    expect(server.stop(), 0)


def robustness():
    """What is no message, what comes at the wrong time, what is taken back; documents that nobody has opened."""
    server = Server()
    expect(server.request("textDocument/hover")["error"]["code"], -32002)
    expect(server.start()["serverInfo"]["name"], "tern-lsp-server")
    for body, code in ((b"{no json", -32700), (b"\xff\xfe", -32700), (b"[1]", -32600), (b"{}", -32600)):
        server.write(body)
        expect(server.receive()["error"]["code"], code)
    server.process.stdin.write(b"Content-Type: nothing\r\n\r\n")
    expect(server.request("no/such")["error"]["code"], -32601)
    expect("error" in server.request("textDocument/hover", {"textDocument": 7}), True)
    server.notify("textDocument/didOpen", {"textDocument": None})
    server.notify("textDocument/didSave", {"textDocument": {"uri": "file:///model.mlir"}})
    expect(server.ask("hover", MODEL, "tern.atte"), None)
    server.show(MODEL)
    server.notify("$/cancelRequest", {"id": server.number + 1})
    expect_in("softmax(", server.ask("hover", MODEL, "tern.atte")["contents"]["value"])
    parameters = {"textDocument": {"uri": "file:///model.mlir"}, "position": {"line": 10**9, "character": 5}}
    expect("error" in server.request("textDocument/completion", parameters), False)
    server.notify("textDocument/didClose", {"textDocument": {"uri": "file:///model.mlir"}})
    expect(server.receive()["params"]["diagnostics"], [])
    expect(server.request("shutdown")["result"], None)
    expect(server.request("textDocument/hover", parameters)["error"]["code"], -32600)
    server.notify("exit")
    expect(server.process.wait(timeout=10), 0)


def many():
    """More than a pipe holds, at once, in both directions; the last text decides."""
    server = Server()
    server.start()
    text = MODEL + "// " + "x" * 300000 + "\n"
    for version in range(20):
        server.version = version
        document = {"uri": "file:///model.mlir", "languageId": "mlir", "version": version + 1, "text": text}
        server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
    message = server.receive()["params"]
    while message["version"] < 20:
        message = server.receive()["params"]
    expect(message["diagnostics"], [])
    expect(server.stop(), 0)


def children_of(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]


def child_of(process):
    return children_of(process)[0]


def death():
    """The server behind the filter dies: what it owes is answered, and the next change finds another one."""
    server, _ = started(MODEL)
    child = child_of(server.process)
    os.kill(child, signal.SIGSTOP)
    parameters = {"textDocument": {"uri": "file:///model.mlir"}}
    server.write(json.dumps({"id": "owed", "method": "textDocument/documentSymbol", "params": parameters}).encode())
    server.write(json.dumps({"id": None, "method": 1}).encode())
    expect(server.receive()["error"]["code"], -32600)  # so that the request has been read
    os.kill(child, signal.SIGSEGV)
    os.kill(child, signal.SIGCONT)
    answer = server.receive()
    expect((answer["id"], answer["error"]["code"]), ("owed", -32603))
    message = server.receive()
    expect(message["method"], "window/showMessage")
    expect_in("signal 11", message["params"]["message"])
    expect(server.show(MODEL), [])
    expect_in("softmax(", server.ask("hover", MODEL, "tern.atte")["contents"]["value"])
    for deaths in range(2, 12):
        os.kill(child_of(server.process), signal.SIGKILL)
        text = server.receive()["params"]["message"]
        expect("goes on" in text, deaths <= 10)
    expect(server.process.wait(timeout=10), 1)


def crash():
    """The compiler dies while it checks a model, one long enough to be met: a warning says that it was not checked."""
    chain = "".join(f"    %v{i + 1} = tern.exp %v{i} : !act\n" for i in range(40000))
    long = MODEL.replace("    return %y", chain.replace("%v0 ", "%y ") + "    return %v40000")
    server = Server()
    server.start()
    document = {"uri": "file:///model.mlir", "languageId": "mlir", "version": 1, "text": long}
    server.notify("textDocument/didOpen", {"textDocument": document})
    end = time.monotonic() + 20
    while len(children := children_of(server.process)) < 2:
        expect(time.monotonic() < end, True)
    os.kill(children[1], signal.SIGKILL)
    [item] = server.receive()["params"]["diagnostics"]
    expect((item["severity"], item["range"]["start"]["line"]), (2, 0))
    expect_in("this model was not checked: the compiler ended with signal 9", item["message"])
    expect(server.stop(), 0)


def endings():
    """Without `shutdown` the status is 1: on exit, and when the editor is gone. Nothing is left running."""
    server, _ = started(MODEL)
    child = child_of(server.process)
    server.notify("exit")
    expect(server.process.wait(timeout=10), 1)
    server, _ = started(MODEL)
    second = child_of(server.process)
    server.process.stdin.close()
    expect(server.process.wait(timeout=10), 1)
    for left in (child, second):
        for _ in range(50):
            if not os.path.exists(f"/proc/{left}"):
                break
            time.sleep(0.1)
        expect(os.path.exists(f"/proc/{left}"), False)


globals()[sys.argv[1]]()
