"""A real KRaft cluster on loopback, or over links of a given speed: a controller and some brokers,
each a JVM of its own, in a temporary folder. Whatever happens to the rig, its processes end with it
and the folder goes."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import libs
import links

CONTROLLER = 100
CLUSTER_ID = "twinTwinTwinTwinTwinQQ"
# Quick to start rather than quick for hours: no second compiler, small heaps.
JVM = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
       "-Dlog4j2.configurationFile=" + os.path.join(libs.HERE, "log4j2.properties")]


class Failed(Exception):
    """The cluster did not do what it had to; the text says what, and shows its log."""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _die_with_parent():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Node:
    """One JVM with a log file."""

    def __init__(self, name, command, folder, **pipes):
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        self._file = open(self.log, "ab")
        pipes.setdefault("stdout", self._file)
        self.process = subprocess.Popen(command, stderr=self._file, cwd=folder, text=True,
                                        start_new_session=True, preexec_fn=_die_with_parent,
                                        **pipes)

    def alive(self):
        return self.process.poll() is None

    def tail(self):
        with open(self.log, errors="replace") as file:
            return f"{self.name}:\n" + "".join(file.readlines()[-15:])

    def stop(self, how=signal.SIGTERM, seconds=30):
        if self.alive():
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._file.close()


class Cluster:
    """`with Cluster(brokers=3, config={...}) as cluster:` is ready inside."""

    def __init__(self, brokers=3, config=None, link_bytes_per_s=0, ready_seconds=120,
                 fetch_log="WARN"):
        self.java, self.jars = libs.java(), libs.jars()
        self.brokers = list(range(brokers))
        self.config = dict(config or {})
        self.ready_seconds = ready_seconds
        self.fetch_log = fetch_log  # level of the fetchers' and quotas' loggers
        self.links = links.Links([*self.brokers, CONTROLLER, "rig"], link_bytes_per_s)
        self.folder = None
        self.nodes = {}
        self.helper = None

    def __enter__(self):
        # A rig that is told to stop (by ctest, or timeout) cleans up as well.
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        self.folder = tempfile.mkdtemp(prefix="kafka-twin-live-")
        try:
            self.links.__enter__()
            ports = free_ports(len(self.brokers) + 1)
            self.ports = dict(zip(self.brokers + [CONTROLLER], ports))
            for node in self.ports:
                self._write_config(node)
            self._format()
            began = time.monotonic()
            for node in self.ports:
                self.start(node)
            bootstrap = ",".join(self.endpoint(broker) for broker in self.brokers)
            self.helper = Node("helper", [
                *self.links.prefix("rig"), self.java, *JVM, "-Xmx384m", "-cp", self.jars,
                os.path.join(libs.HERE, "Helper.java"), bootstrap],
                self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.await_brokers()
            self.started_seconds = time.monotonic() - began
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.helper:
            self.helper.stop(signal.SIGKILL)
        for node in self.nodes.values():
            node.stop(signal.SIGKILL)
        self.links.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    def endpoint(self, node):
        return f"{self.links.address(node)}:{self.ports[node]}"

    def _path(self, node, suffix):
        return os.path.join(self.folder, f"node-{node}{suffix}")

    def data(self, broker):
        return self._path(broker, "-data")

    def _write_config(self, node):
        role = "controller" if node == CONTROLLER else "broker"
        listener = "CONTROLLER" if node == CONTROLLER else "PLAINTEXT"
        lines = {
            "node.id": node,
            "process.roles": role,
            "controller.quorum.voters": f"{CONTROLLER}@{self.endpoint(CONTROLLER)}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "listeners": f"{listener}://{self.endpoint(node)}",
            "log.dirs": self.data(node),
            "offsets.topic.replication.factor": 1,
            "log.segment.delete.delay.ms": 1000,
            "auto.create.topics.enable": "false",
            # Leaders stay where the case put them.
            "auto.leader.rebalance.enable": "false",
        }
        if node != CONTROLLER:
            lines.update(self.config)
        with open(self._path(node, ".properties"), "w") as file:
            file.writelines(f"{key}={value}\n" for key, value in lines.items())

    def _format(self):
        runs = [Node(f"format-{node}", [
            self.java, *JVM, "-Xmx96m", "-cp", self.jars, "kafka.tools.StorageTool", "format",
            "-t", CLUSTER_ID, "-c", self._path(node, ".properties")], self.folder)
            for node in self.ports]
        try:
            for run in runs:
                if run.process.wait(self.ready_seconds) != 0:
                    raise Failed(f"kafka-storage format failed: {run.tail()}")
        except subprocess.TimeoutExpired as late:
            raise Failed(f"kafka-storage format took over {self.ready_seconds} s") from late
        finally:
            for run in runs:
                run.stop(signal.SIGKILL)

    def start(self, node):
        heap = "-Xmx192m" if node == CONTROLLER else "-Xmx320m"
        self.nodes[node] = Node(f"node-{node}", [
            *self.links.prefix(node), self.java, *JVM, f"-DfetchLog={self.fetch_log}", "-Xms96m",
            heap, "-cp", self.jars, "kafka.Kafka", self._path(node, ".properties")], self.folder)

    def stop(self, node):
        self.nodes[node].stop(signal.SIGTERM, 60)

    def ask(self, *words, seconds=300):
        """One command of Helper.java; its reply as a dict."""
        if not self.helper.alive():
            raise Failed(self.helper.tail())
        watchdog = threading.Timer(seconds, self.helper.process.kill)
        watchdog.start()
        try:
            self.helper.process.stdin.write(" ".join(str(word) for word in words) + "\n")
            self.helper.process.stdin.flush()
            line = self.helper.process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            raise Failed(self.helper.tail())
        reply = json.loads(line)
        if "error" in reply:
            raise Failed(f"{' '.join(map(str, words))}: {reply['error']}\n{self.helper.tail()}")
        return reply

    def keep_logs(self, folder):
        os.makedirs(folder, exist_ok=True)
        for node in self.nodes.values():
            shutil.copy(node.log, folder)

    def await_brokers(self):
        self.await_that(lambda: self.ask("brokers")["brokers"] == len(self.brokers),
                        "all brokers registered")

    def await_that(self, holds, what, seconds=None):
        end = time.monotonic() + (seconds or self.ready_seconds)
        while not holds():
            dead = [node.tail() for node in self.nodes.values() if not node.alive()]
            if dead or time.monotonic() > end:
                logs = dead or [node.tail() for node in self.nodes.values()]
                raise Failed(f"not in time: {what}\n" + "\n".join(logs))
            time.sleep(0.1)
