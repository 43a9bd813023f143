// What a producer could not send to one partition, and what became of it.
//
// Records come at a steady rate, whether the partition takes them or not. One that is in the buffer
// is given up delivery.timeout.ms (120 s) after send(). Once the buffer is full, send() blocks for
// every partition of the producer, and fails after max.block.ms (60 s): the application is taken to
// ask for each record when it has it. So of the records since `from`,
//
//        from ............ full ............ now
//        [ in the buffer  )[ blocked send() )
//
// those are left whose age is below the time that their kind may wait; the others are lost.
// Sources: KafkaProducer.doSend, BufferPool.allocate, RecordAccumulator.expiredBatches.
#pragma once

#include <cstdint>

#include "model/clients/workload.h"
#include "sim/time.h"

namespace twin::model {

struct Account {
  bool held = false;     // the partition does not take this producer's records
  sim::Time from{};      // held: records since then are counted by their rate
  int64_t kept = 0;      // and these were there before, the oldest since
  sim::Time kept_at{};
  // Being sent now, faster than they come (a burst after the partition came back).
  int64_t burst_records = 0;
  int64_t burst_bytes_per_s = 0;
  sim::Time burst_from{};
  sim::Time burst_end{};
};

struct Waiting {
  int64_t kept = 0;
  int64_t lost = 0;
  sim::Duration oldest{};  // age of the oldest record that is left
};

// Of an account that is held, or of one whose producer's buffer has been full since account.from.
// full: since when the buffer is full, kNever if it is not. REQUIRES: now >= account.from.
Waiting waiting(const ProducerSpec& producer, int64_t records_per_s, const Account& account,
                sim::Time full, sim::Time now);

// What producers send to one partition after it was away: at most one batch of each request, and as
// many requests as may be in flight, per round trip (RecordAccumulator.drain). Bytes per second.
int64_t burst_rate(const ProducerSpec& producer, sim::Duration round_trip);

}  // namespace twin::model
