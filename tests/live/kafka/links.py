"""Links that bind: each node of a cluster in a network namespace of its own, on a switch that is
one too, at the end of a cable of so many bytes per second each way. Needs root and iproute2."""

import os
import shutil
import subprocess

import libs

BURST = "64kb"


class Links:
    """`with Links([0, 1, 2], 10_000_000) as links:` gives each node an address and a prefix that
    runs a command at it. Without a rate everything is on loopback."""

    def __init__(self, nodes, bytes_per_s=0):
        self.nodes, self.bytes_per_s = list(nodes), bytes_per_s
        self.tag = f"kt{os.getpid()}"

    def address(self, node):
        if not self.bytes_per_s:
            return "127.0.0.1"
        return f"10.231.0.{10 + self.nodes.index(node)}"

    def prefix(self, node):
        return ["ip", "netns", "exec", self._space(node)] if self.bytes_per_s else []

    def __enter__(self):
        if not self.bytes_per_s:
            return self
        if os.geteuid() != 0 or not shutil.which("tc"):
            raise libs.Missing("links of a given speed need root and Debian's iproute2")
        try:
            self._lay()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.bytes_per_s:
            for node in [*self.nodes, "switch"]:  # what is in a namespace goes with it
                subprocess.run(["ip", "netns", "delete", self._space(node)], check=False,
                               stderr=subprocess.DEVNULL)

    def _space(self, node):
        return f"{self.tag}-{node}"

    def _lay(self):
        switch = self._space("switch")
        _ip("netns", "add", switch)
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        for node in self.nodes:
            space, port = self._space(node), f"port{node}"
            _ip("netns", "add", space)
            _ip("-n", space, "link", "set", "lo", "up")
            _ip("-n", space, "link", "add", "eth0", "type", "veth", "peer", "name", port,
                "netns", switch)
            _ip("-n", space, "address", "add", f"{self.address(node)}/24", "dev", "eth0")
            _ip("-n", space, "link", "set", "eth0", "up")
            _ip("-n", switch, "link", "set", port, "master", "bridge", "up")
            for where, device in ((space, "eth0"), (switch, port)):  # out, then in
                subprocess.run(
                    ["tc", "-n", where, "qdisc", "add", "dev", device, "root", "tbf", "rate",
                     f"{8 * self.bytes_per_s}bit", "burst", BURST, "latency", "50ms"], check=True)


def _ip(*words):
    subprocess.run(["ip", *words], check=True)
