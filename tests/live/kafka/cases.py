"""The cases of the comparison. Sized so that each takes about a minute, since the end of a move and
its first second are not what its throttle decides. Nothing in the twin is fitted to them."""

from case import Case

CALIBRATIONS = [
    Case("no-throttle", partitions=8, megabytes=1000),
    Case("no-throttle-link-12", partitions=8, megabytes=400, link=12),
]

CASES = [
    Case("2-few", partitions=2, megabytes=120, throttle=2),
    Case("5-one", partitions=1, megabytes=300, throttle=5, sources=1),
    Case("5-four", partitions=4, megabytes=300, throttle=5),
    Case("10-eight", partitions=8, megabytes=600, throttle=10),
    Case("10-many", partitions=32, megabytes=600, throttle=10, sources=3),
    Case("10-produced", partitions=8, megabytes=420, throttle=10, produce=3),
    Case("10-restarted", partitions=8, megabytes=500, throttle=10, restart_after=20),
    Case("5-raised-20", partitions=8, megabytes=600, throttle=5, raise_after=20, raise_to=20),
    Case("20-two-fetchers", partitions=16, megabytes=1200, throttle=20, fetchers=2),
    Case("20-sixty-four", partitions=64, megabytes=1200, throttle=20, sources=3),
    Case("50-eight", partitions=8, megabytes=3000, throttle=50),
    Case("50-two-fetchers", partitions=32, megabytes=3000, throttle=50, sources=3, fetchers=2),
    Case("10-large-batches", partitions=8, megabytes=400, throttle=10, batch=400_000),
    Case("5-link-12", partitions=8, megabytes=300, throttle=5, link=12),
    Case("10-link-12", partitions=8, megabytes=500, throttle=10, link=12),
    Case("20-link-12", partitions=16, megabytes=600, throttle=20, link=12, sources=3),
]

# What ctest runs: half a minute each, throttles that no machine is too slow for.
SHORT = [
    Case("no-throttle", partitions=8, megabytes=400),
    Case("short-10-eight", partitions=8, megabytes=300, throttle=10),
    Case("short-5-raised-10", partitions=4, megabytes=200, throttle=5, raise_after=10,
         raise_to=10),
]
