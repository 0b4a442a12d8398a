# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A headless Chromium, driven over the DevTools protocol on two pipes (JSON, each message ended by a zero byte).
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time

PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome", "chrome")
FLAGS = ("--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--no-default-browser-check", "--disable-extensions", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--mute-audio")


def find_browser():
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


class Browser:
    """One page. What it logs and which requests it makes are kept in `errors` and `requests`."""

    def __init__(self, width=1440, height=900, seconds=50):
        self.deadline = time.monotonic() + seconds
        self.profile = tempfile.mkdtemp(prefix="tern-browser-")
        self.next_id, self.buffer = 0, b""
        self.answers, self.events, self.errors, self.requests = {}, [], [], []
        self.start()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.resize(width, height)

    def start(self):
        to_read, self.to_write = os.pipe()
        self.to_listen, to_answer = os.pipe()
        # Out of the way of 3 and 4, which the browser wants.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in (to_read, to_answer)]
        log = os.path.join(self.profile, "log")
        actions = [(os.POSIX_SPAWN_DUP2, ends[0], 3), (os.POSIX_SPAWN_DUP2, ends[1], 4),
                   (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT, 0o600),
                   (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        program = find_browser()
        flags = [*FLAGS, f"--user-data-dir={self.profile}"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
        self.session = None
        self.process = os.posix_spawn(program, [program, *flags], {**os.environ, "HOME": self.profile}, file_actions=actions)
        for end in (to_read, to_answer, *ends):
            os.close(end)

    def call(self, method, **params):
        self.next_id += 1
        message = {"id": self.next_id, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_write, json.dumps(message).encode() + b"\0")
        mine = self.next_id
        while mine not in self.answers:
            self.receive()
        answer = self.answers.pop(mine)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def receive(self):
        left = self.deadline - time.monotonic()
        if left <= 0 or not select.select([self.to_listen], [], [], left)[0]:
            raise TimeoutError("the browser does not answer")
        data = os.read(self.to_listen, 1 << 20)
        if not data:
            raise RuntimeError("the browser has ended: " + self.log())
        *messages, self.buffer = (self.buffer + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self.note(message["method"], message["params"])

    def note(self, method, params):
        self.events.append(method)
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.errors.append(str(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.errors.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def log(self):
        with open(os.path.join(self.profile, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def open(self, path):
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait("document.documentElement?.dataset.ready")

    def evaluate(self, expression):
        """The value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(f"{expression}: {details.get('exception', {}).get('description', details['text'])}")
        return result["result"].get("value")

    def wait(self, expression):
        """Until the expression is true."""
        while not self.evaluate(f"Boolean({expression})"):
            if time.monotonic() > self.deadline:
                raise TimeoutError(expression)
            time.sleep(0.02)

    def place(self, selector):
        """The middle of an element, which is scrolled to."""
        return self.evaluate(f"""(() => {{
            const element = document.querySelector({json.dumps(selector)});
            element.scrollIntoView({{block: "center", inline: "center"}});
            const box = element.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + Math.min(box.height / 2, 12)];
        }})()""")

    def move(self, selector):
        x, y = self.place(selector)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        return x, y

    def click(self, selector):
        x, y = self.move(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        image = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        with open(path, "wb") as file:
            file.write(image)
        return image

    def close(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        shutil.rmtree(self.profile, ignore_errors=True)
