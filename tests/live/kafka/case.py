"""One move of real data: what is moved and how, and what was measured of it.

Every partition has two replicas. Its leader is one of the `sources` (brokers 0, 1, ...), and the
replica beside the leader is replaced by one on the destination, the last broker: so the destination
fetches everything, from as many brokers as there are sources."""

import dataclasses
import glob
import json
import os
import threading
import time

import cluster

MEGA = 1_000_000
SAMPLE_SECONDS = 0.25
TOPIC = "moved"
BESIDE = "beside"  # stands still: on a source, which leads, and the destination
BASE_SECONDS = 10


@dataclasses.dataclass
class Case:
    name: str
    partitions: int = 8
    megabytes: float = 260  # that the destination receives
    throttle: float = 0  # MB/s; 0: none
    sources: int = 2
    fetchers: int = 1  # num.replica.fetchers
    produce: float = 0  # MB/s meanwhile, records of 1000 bytes
    acks: str = "1"
    raise_after: float = 0  # seconds after the start; 0: never
    raise_to: float = 0  # MB/s
    restart_after: float = 0  # the destination broker, cleanly; 0: never
    link: float = 0  # MB/s of each broker's cable, each way; 0: loopback
    batch: int = 16384  # batch.size of the producer that filled the topic
    beside: int = 0  # partitions that stand still, to which producers write instead
    config: dict = dataclasses.field(default_factory=dict)  # more lines of each broker's file

    @property
    def brokers(self):
        return max(3, self.sources + 1)

    @property
    def destination(self):
        return self.brokers - 1

    def placement(self, moved):
        """Replicas of each partition, before or after the move; the leader is first."""
        lists = []
        for partition in range(self.partitions):
            leader = partition % self.sources
            beside = (leader + 1) % (self.brokers - 1)
            lists.append([leader, self.destination if moved else beside])
        return lists

    def beside_placement(self):
        return [[partition % self.sources, self.destination] for partition in range(self.beside)]

    def reassignment(self):
        """The file that kafka-reassign-partitions takes."""
        moves = [{"topic": TOPIC, "partition": i, "replicas": replicas}
                 for i, replicas in enumerate(self.placement(True))]
        return json.dumps({"version": 1, "partitions": moves})

    def broker_config(self):
        return {"num.replica.fetchers": self.fetchers, **self.config}

    def cluster_key(self):
        """Cases of one key can share a cluster."""
        return self.brokers, self.link, tuple(sorted(self.broker_config().items()))

    def cluster(self, **more):
        return cluster.Cluster(self.brokers, self.broker_config(), int(self.link * MEGA), **more)


class Sampler(threading.Thread):
    """The bytes of a topic's logs on one broker, each 250 ms."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder = folder
        self.samples = []  # (wall clock, bytes)
        self._ends = threading.Event()

    def run(self):
        while not self._ends.wait(SAMPLE_SECONDS - time.time() % SAMPLE_SECONDS):
            self.samples.append((time.time(), log_bytes(self.folder)))

    def finish(self):
        self._ends.set()
        self.join()
        return self.samples


def log_bytes(folder):
    total = 0
    for path in glob.glob(os.path.join(folder, f"{TOPIC}-*", "*.log")):
        try:
            total += os.stat(path).st_size
        except FileNotFoundError:
            pass  # renamed meanwhile: its partition left this broker
    return total


def per_second(samples, start, end):
    """Bytes that came in each second from `start` to `end`, of (time, total) samples."""
    samples = sorted(samples)
    seconds, at, total = [], 0, 0
    edges = [start + i for i in range(int(end - start) + 1)] + [end]
    reached = []
    for edge in edges:
        while at < len(samples) and samples[at][0] <= edge:
            total = samples[at][1]
            at += 1
        reached.append(total)
    for before, after in zip(reached, reached[1:]):
        seconds.append(max(0, after - before))
    return seconds


def most_in(seconds, window):
    return max((sum(seconds[i:i + window]) for i in range(len(seconds))), default=0)


def shape(samples, start, end):
    """What the clients of a link feel of a move: its seconds, by their bytes."""
    seconds = per_second(samples, start, end)
    whole = seconds[:-1] or seconds  # the last one is a part of a second
    return {"perSecond": seconds,
            "idleShare": sum(1 for each in whole if each == 0) / len(whole),
            "mostIn1s": most_in(seconds, 1),
            "mostIn11s": most_in(seconds, 11)}


def batch_bytes(folder):
    """Mean size of the record batches at the start of the topic's first log there."""
    path = sorted(glob.glob(os.path.join(folder, f"{TOPIC}-*", "*.log")))[0]
    sizes, at = [], 0
    with open(path, "rb") as file:
        while len(sizes) < 200:
            file.seek(at)
            head = file.read(12)  # base offset, length of what follows
            if len(head) < 12:
                break
            sizes.append(12 + int.from_bytes(head[8:], "big"))
            at += sizes[-1]
    return sum(sizes) // len(sizes)


def fill(live, case):
    """The topic, with its data, in sync; the bytes of all leaders' logs."""
    lists = ";".join(",".join(map(str, each)) for each in case.placement(False))
    live.ask("create", TOPIC, lists)
    live.ask("fill", TOPIC, case.partitions, int(case.megabytes * MEGA), 1000, case.batch)

    def full():
        state = live.ask("insync", TOPIC)
        return state["full"] == state["partitions"] == case.partitions

    live.await_that(full, "all replicas in sync")
    everywhere = sum(log_bytes(live.data(broker)) for broker in live.brokers)
    return everywhere // 2


def produce_beside(live, case):
    """Producers on a topic that stands still; what they see before anything moves."""
    lists = ";".join(",".join(map(str, each)) for each in case.beside_placement())
    live.ask("create", BESIDE, lists)
    words = ["produce", BESIDE, case.beside, int(case.produce * MEGA), 1000, case.acks]
    live.ask(*words)
    time.sleep(BASE_SECONDS)
    live.ask("stop")  # the first seconds of a JVM and of its metadata
    live.ask(*words)
    time.sleep(BASE_SECONDS)
    base = live.ask("stop")
    live.ask(*words)
    return base


def execute(live, case, throttle, additional=False):
    path = os.path.join(live.folder, "move.json")
    with open(path, "w") as file:
        file.write(case.reassignment())
    words = ["tool", "--reassignment-json-file", path, "--execute"]
    if throttle:
        words += ["--throttle", int(throttle * MEGA)]
    if additional:
        words += ["--additional"]
    return live.ask(*words)["at"]


def run(live, case, limit_seconds=900):
    """Moves the case's data on a cluster of its key; what was measured, as a dict."""
    bytes_at_start = fill(live, case)
    batch, produced, base = batch_bytes(live.data(0)), 0, None
    if case.beside:
        base = produce_beside(live, case)
    elif case.produce:
        live.ask("produce", TOPIC, case.partitions, int(case.produce * MEGA), 1000, case.acks)
        time.sleep(2)
        began, before = time.time(), sum(log_bytes(live.data(b)) for b in live.brokers)
        time.sleep(8)
        after = sum(log_bytes(live.data(b)) for b in live.brokers)
        # As brokers' BytesInPerSec counts it, with what batches add.
        produced = int((after - before) / 2 / (time.time() - began))
        bytes_at_start = after // 2
    sampler = Sampler(live.data(case.destination))
    sampler.start()
    start = execute(live, case, case.throttle)
    raised = restarted = False
    while True:
        reply = live.ask("moving")
        elapsed = reply["at"] - start
        if reply["moving"] == 0:
            break
        if elapsed > limit_seconds:
            raise TimeoutError(f"{case.name}: {reply['moving']} still move after {elapsed:.0f} s")
        if case.raise_after and not raised and elapsed >= case.raise_after:
            execute(live, case, case.raise_to, additional=True)
            raised = True
        if case.restart_after and not restarted and elapsed >= case.restart_after:
            live.stop(case.destination)
            live.start(case.destination)
            restarted = True
        time.sleep(0.1)
    result = {"case": dataclasses.asdict(case), "bytes": bytes_at_start,
              "batchBytes": batch, "producedPerSecond": produced, "seconds": elapsed}
    samples = sampler.finish()
    result.update(shape(samples, start, start + elapsed))
    # A machine that stood still is seen by the one who looks each 250 ms: such a run is none.
    result["blindSeconds"] = max((b[0] - a[0] for a, b in zip(samples, samples[1:])), default=0)
    if case.produce:
        result["producer"] = live.ask("stop")
    if base:
        result["producerBefore"] = base
        live.ask("delete", BESIDE)
    words = ["--reassignment-json-file", os.path.join(live.folder, "move.json"), "--verify"]
    live.ask("tool", *words)
    live.ask("delete", TOPIC)
    folders = [os.path.join(live.data(broker), f"{TOPIC}-*") for broker in live.brokers]
    live.await_that(lambda: not any(glob.glob(each) for each in folders), "topic deleted")
    return result
