// The most that one partition carries: one broker, one topic, one partition without followers,
// producers and consumers that send and read as fast as they can. What a runbook measures before it
// chooses a throttle, played on the twin's own resources: the broker's card each way and its disk
// are shared max-min (sim/fair_share.h) by clients that have a speed of their own.
//
//   producer  whole records of a batch, max.in.flight requests a round trip; a connection carries
//             at most a socket window a round trip
//   consumer  one fetch at a time: a round trip, and its bytes at what the connection carries; from
//             the page cache, since it reads what was just written
//
// What the twin does not play makes real ones slower: processors (compression, checksums, TLS),
// request queues, headers (61 bytes a batch, about 10 a record). So this is a bound from above, as
// good as the hardware profile.
// Sources: RecordAccumulator.drain, Sender, Fetcher; docs/model/clients.md.
#pragma once

#include <cstdint>
#include <string>

#include "model/clients/workload.h"
#include "model/hardware.h"

namespace twin::model {

struct BitrateQuestion {
  ProducerSpec producer;          // record and batch size, requests in flight, how many clients
  int64_t fetch_bytes = 1 << 20;  // max.partition.fetch.bytes
  int32_t consumers = 1;          // each reads all of it
  sim::Duration round_trip{};     // between clients and the broker. REQUIRES: > 0
};

struct Bitrate {
  int64_t in_bytes_per_s = 0;       // BytesInPerSec
  int64_t out_bytes_per_s = 0;      // BytesOutPerSec, of all consumers
  std::string in_bound, out_bound;  // which resource binds, with its figures: a clause
};

// REQUIRES: records and batches of at least a byte, at least one client of each kind.
Bitrate partition_bitrate(const Hardware& hardware, const BitrateQuestion& question);

}  // namespace twin::model
