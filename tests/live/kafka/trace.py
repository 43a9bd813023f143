"""Reads the trace of a run (docs/TRACE.md), as far as the comparison needs it."""

import struct

FETCH_RETURNED, REPLICAS_CHANGED = 92, 91


def records(path):
    """Yields (nanoseconds, type, fields) of each record."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != b"KTWTRACE":
        raise ValueError(f"{path} is no trace")
    at = 24 + struct.unpack_from("<I", data, 12)[0]
    while data[at:at + 4] == b"CHNK":
        length, _, base = struct.unpack_from("<IQQ", data, at + 4)
        at += 40
        yield from _chunk(data[at:at + length], base)
        at += length
    if data[at:at + 4] != b"FOOT":
        raise ValueError(f"{path} is damaged at byte {at}")


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _chunk(data, now):
    at = 0
    while at < len(data):
        head = data[at]
        kind, at = _varint(data, at + 1)
        if head & 0x40:
            delta, at = _varint(data, at)
            now += delta
        if head & 0x20:
            _, at = _varint(data, at)
        count = head & 15
        if count == 15:
            count, at = data[at], at + 1
        fields = []
        for _ in range(count):
            value, at = _varint(data, at)
            fields.append((value >> 1) ^ -(value & 1))
        if head & 0x10:
            length, at = _varint(data, at)
            at += length
        yield now, kind, fields
