#include "model/kafka/data/quota.h"

#include <algorithm>
#include <utility>

#include "sim/assert.h"

namespace twin::model::data {

namespace {

constexpr sim::Duration kWindow{1'000'000'000};   // replication.quota.window.size.seconds 1
constexpr sim::Duration kExpiry{11'000'000'000};  // replication.quota.window.num 11 of them
constexpr int64_t kSecond = 1'000'000'000;

}  // namespace

void Quota::add(sim::Time at, int64_t bytes) {
  if (used_ == 0) {
    samples_[0] = {at, at, 0};
    used_ = 1;
    current_ = 0;
  }
  if (at - samples_[static_cast<size_t>(current_)].start >= kWindow) {
    current_ = (current_ + 1) % kSamples;
    used_ = std::max(used_, current_ + 1);
    samples_[static_cast<size_t>(current_)] = {at, at, 0};
  }
  Sample& sample = samples_[static_cast<size_t>(current_)];
  sample.bytes += bytes;
  sample.last = at;
}

// The steady traffic up to now, sample by sample; what is older than the window is gone anyway.
void Quota::accrue(sim::Time now) {
  if (steady_.rate_per_s == 0) {
    accrued_until_ = now;
    return;
  }
  const sim::Duration longest = kWindow * kSamples;
  if (now - accrued_until_ > longest) {
    steady_.advance(now - longest - accrued_until_);
    accrued_until_ = now - longest;
  }
  while (accrued_until_ < now) {
    sim::Time end = now;
    if (used_ > 0) {
      const sim::Time closes = samples_[static_cast<size_t>(current_)].start + kWindow;
      if (closes > accrued_until_) end = std::min(now, closes);
    }
    end = std::min(end, accrued_until_ + kWindow);
    const sim::Time from = std::exchange(accrued_until_, end);
    // Bytes of a piece come before its end, so they belong to the sample that it began in.
    add(from, steady_.advance(end - from));
    samples_[static_cast<size_t>(current_)].last = end;
  }
}

void Quota::record(sim::Time now, int64_t bytes) {
  accrue(now);
  add(now, bytes);
}

void Quota::restart(sim::Time now) {
  used_ = current_ = 0;
  accrued_until_ = now;
}

void Quota::change_steady(sim::Time now, int64_t bytes_per_s) {
  accrue(now);
  steady_.rate_per_s += bytes_per_s;
  TWIN_ASSERT_LE(int64_t{0}, steady_.rate_per_s);
}

void Quota::purge(sim::Time now) {
  for (int i = 0; i < used_; ++i) {
    Sample& sample = samples_[static_cast<size_t>(i)];
    if (now - sample.last >= kExpiry) sample = {now, now, 0};
  }
}

int64_t Quota::rate(sim::Time now) {
  accrue(now);
  if (used_ == 0) return 0;
  purge(now);
  int64_t bytes = 0;
  sim::Time oldest = now;
  for (int i = 0; i < used_; ++i) {
    bytes += samples_[static_cast<size_t>(i)].bytes;
    oldest = std::min(oldest, samples_[static_cast<size_t>(i)].start);
  }
  return sim::mul_div(bytes, kSecond, std::max(now - oldest, kWindow).ns);
}

bool Quota::exceeded(sim::Time now, int64_t bytes_per_s) { return rate(now) > bytes_per_s; }

sim::Time Quota::reopens(sim::Time now, int64_t bytes_per_s) {
  if (!exceeded(now, bytes_per_s)) return now;
  std::array<Sample, kSamples> left = samples_;
  const auto end = left.begin() + used_;
  sim::Time at = now;
  while (true) {
    int64_t bytes = 0;
    sim::Time oldest = at, expires = sim::kNever;
    for (auto sample = left.begin(); sample != end; ++sample) {
      bytes += sample->bytes;
      oldest = std::min(oldest, sample->start);
      if (sample->last + kExpiry > at) expires = std::min(expires, sample->last + kExpiry);
    }
    if (bytes == 0) return at;
    if (bytes_per_s > 0) {
      const sim::Time under =
          oldest +
          sim::Duration{std::max(kWindow.ns, sim::mul_div_ceil(bytes, kSecond, bytes_per_s))};
      if (under <= expires) return std::max(under, now);
    }
    if (expires == sim::kNever) return expires;
    at = expires;
    for (auto sample = left.begin(); sample != end; ++sample) {
      if (at - sample->last >= kExpiry) *sample = {at, at, 0};
    }
  }
}

}  // namespace twin::model::data
