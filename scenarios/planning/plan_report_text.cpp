// The plan on a terminal: fixed columns from 100 columns on, items below.
#include <algorithm>

#include <fmt/format.h>

#include "controller/api/units.h"
#include "scenarios/planning/plan_report.h"
#include "scenarios/runner/page.h"
#include "sim/int128.h"

namespace twin::scenario {

using namespace controller::rebalance;

namespace {

constexpr size_t kMovesShown = 20;
constexpr size_t kHeldShown = 10;
constexpr size_t kBatchesShown = 20;
constexpr int kTableWidth = 100;

std::string bytes_text(int64_t bytes) { return api::format_bytes({bytes}); }

std::string counted(int64_t n, const std::string& one) {
  return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
}

std::string duration_text(int64_t seconds) {
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

// "72 %" of the fullest disk, in bytes where no capacity is known; "-" when nothing is there.
std::string fullest(const BrokerView& broker, const std::vector<int64_t>& bytes) {
  int64_t percent = -1, most = 0;
  for (size_t d = 0; d < bytes.size(); ++d) {
    const int64_t capacity = broker.log_dirs[d].capacity_bytes;
    most = std::max(most, bytes[d]);
    // Rounded up: a disk over a limit never looks as if it were under it.
    if (capacity > 0) percent = std::max(percent, sim::mul_div_ceil(bytes[d], 100, capacity));
  }
  return percent < 0 ? bytes_text(most) : fmt::format("{} %", percent);
}

std::string ids_text(const ClusterView& view, const ReplicaList& list) {
  std::string out;
  for (int slot = 0; slot < list.size; ++slot) {
    out += (slot == 0 ? "" : ",") + std::to_string(view.brokers[list[slot]].id.value);
  }
  return "[" + out + "]";
}

class Writer {
 public:
  Writer(const PlanReport& report, int width, bool colour)
      : report_(report), view_(report.input->view), width_(width), page_(width, colour) {}

  std::string run() {
    summary();
    brokers();
    batches();
    moves();
    held();
    for (size_t i = 0; i < report_.plan.notes.size(); ++i) {
      if (i == 0) page_.heading("To know");
      page_.item(report_.plan.notes[i]);
    }
    return page_.take();
  }

 private:
  void summary() {
    page_.heading(fmt::format("Plan: {} for {}", report_.name, report_.input->name));
    page_.row("partitions",
              fmt::format("{} of {} change", report_.changed.size(), view_.partitions.size()));
    page_.row("copies", fmt::format("{}, {} over the network", report_.copies,
                                    bytes_text(report_.network_bytes)));
    if (report_.dir_copies > 0) {
      page_.row("between directories", fmt::format("{}, {} from disk to disk", report_.dir_copies,
                                                   bytes_text(report_.dir_bytes)));
    }
    if (report_.plan.cost) quality(*report_.plan.cost);
    page_.row("preferred leaders", fmt::format("{} change", report_.leaders_changed));
    int64_t seconds = 0;
    bool known = true;
    for (const Batch& batch : report_.schedule.batches) {
      seconds += batch.seconds_min;
      known &= batch.network_bytes == 0 || batch.rate_bytes_per_s > 0;
    }
    std::string text = counted(static_cast<int64_t>(report_.schedule.batches.size()), "batch");
    if (report_.schedule.batches.size() != 1) text.insert(text.size() - 1, "e");
    if (known && seconds > 0) text += ", at least " + duration_text(seconds) + " in all";
    page_.row("batches", text);
    if (!report_.schedule.held.empty()) {
      page_.row(
          "held back",
          fmt::format("{} that would not end, or have no room",
                      counted(static_cast<int64_t>(report_.schedule.held.size()), "partition")),
          Paint::red);
    }
  }

  // The cost counts bytes copied, and bytes outside the bands at four times as much.
  void quality(const PlanCost& cost) {
    const bool balances =
        report_.plan.strategy == Strategy::minimal || report_.plan.strategy == Strategy::add;
    if (balances) {
      page_.row("out of balance",
                fmt::format("{} > {} outside {} % of even shares", bytes_text(cost.outside_start),
                            bytes_text(cost.outside_plan), report_.request.limits.balance_percent));
    }
    if (cost.proved || cost.plan <= cost.least) {
      page_.row("how good", "no plan is cheaper");
    } else if (cost.least > 0) {
      const int64_t above = sim::mul_div_ceil(cost.plan - cost.least, 100, cost.least);
      page_.row("how good", fmt::format("at most {} % above the cheapest plan", above));
    }
  }

  void brokers() {
    page_.heading("Brokers, before and after");
    const bool table = width_ >= kTableWidth;
    if (table) {
      page_.line(fmt::format("{:>6} {:<8} {:>13} {:>11} {:>23}  {}", "broker", "rack", "replicas",
                             "leaders", "bytes", "fullest disk"),
                 Paint::faint);
    }
    for (size_t b = 0; b < view_.brokers.size(); ++b) {
      const BrokerView& broker = view_.brokers[b];
      const BrokerFigures& before = report_.before[b];
      const BrokerFigures& after = report_.after[b];
      const std::string replicas = fmt::format("{} > {}", before.replicas, after.replicas);
      const std::string leaders = fmt::format("{} > {}", before.leaders, after.leaders);
      const std::string bytes =
          fmt::format("{} > {}", bytes_text(before.bytes), bytes_text(after.bytes));
      const std::string disk = disk_text(b);
      const std::string down = broker.live ? "" : " down";
      if (table) {
        const std::string rack = (broker.rack.empty() ? "-" : broker.rack.substr(0, 8));
        page_.line(fmt::format("{:>6} {:<8} {:>13} {:>11} {:>23}  {}", broker.id.value, rack,
                               replicas, leaders, bytes, disk + down),
                   broker.live ? Paint::none : Paint::red);
      } else {
        page_.item(fmt::format("broker {}{}: replicas {}, leaders {}, {}, fullest disk {}",
                               broker.id.value, down, replicas, leaders, bytes, disk));
      }
    }
  }

  // "61 > 40 %, peak 72 %": in between, with our batches.
  std::string disk_text(size_t b) const {
    const BrokerView& broker = view_.brokers[b];
    const std::string before = fullest(broker, report_.disks_before[b]);
    const std::string after = fullest(broker, report_.disks_after[b]);
    const std::string peak = fullest(broker, report_.schedule.peak[b]);
    if (broker.log_dirs.front().capacity_bytes == 0) return "peak " + peak;
    return before == after && after == peak ? before
                                            : fmt::format("{} > {}, peak {}", before, after, peak);
  }

  void batches() {
    const std::vector<Batch>& batches = report_.schedule.batches;
    if (batches.empty()) return;
    page_.heading("Batches, one after the other");
    for (size_t i = 0; i < std::min(batches.size(), kBatchesShown); ++i) {
      const Batch& batch = batches[i];
      std::string text = fmt::format(
          "{}: {}, {}", i + 1, counted(static_cast<int64_t>(batch.partitions.size()), "partition"),
          bytes_text(batch.network_bytes + batch.disk_bytes));
      if (batch.rate_bytes_per_s > 0) {
        text += fmt::format(", throttle up to {}, at least {}",
                            api::format_rate({batch.rate_bytes_per_s}),
                            duration_text(batch.seconds_min));
      }
      page_.item(text + "; " + batch.reason);
    }
    if (batches.size() > kBatchesShown) {
      page_.item(fmt::format("and {} more: --report json has all", batches.size() - kBatchesShown),
                 Paint::faint);
    }
    at_once();
  }

  // What the tool's own way would do to the fullest disk.
  void at_once() {
    size_t worst = 0;
    int64_t over = 0;
    for (size_t b = 0; b < view_.brokers.size(); ++b) {
      for (size_t d = 0; d < view_.brokers[b].log_dirs.size(); ++d) {
        const int64_t bound =
            disk_bound(view_.brokers[b].log_dirs[d], report_.request.limits.peak_percent);
        if (report_.schedule.peak_at_once[b][d] - over <= bound) continue;
        over = report_.schedule.peak_at_once[b][d] - bound;
        worst = b;
      }
    }
    if (over == 0) return;
    page_.item(fmt::format("started all at once, as kafka-reassign-partitions does, broker {} "
                           "would hold up to {} of a disk",
                           view_.brokers[worst].id.value,
                           fullest(view_.brokers[worst], report_.schedule.peak_at_once[worst])),
               Paint::yellow);
  }

  void moves() {
    if (report_.changed.empty()) return;
    page_.heading("Moves");
    std::vector<PartitionIndex> largest = report_.changed;
    const auto copied = [&](PartitionIndex p) {
      return view_.partitions[p].bytes * added(report_.start[p], report_.plan.target[p]).size;
    };
    std::ranges::stable_sort(largest, std::ranges::greater{}, copied);
    for (size_t i = 0; i < std::min(largest.size(), kMovesShown); ++i) {
      const PartitionIndex p = largest[i];
      page_.item(fmt::format("{} {} > {}, {}", view_.partition_name(p),
                             ids_text(view_, report_.start[p]),
                             ids_text(view_, report_.plan.target[p]), bytes_text(copied(p))));
    }
    if (largest.size() > kMovesShown) {
      page_.item(fmt::format("and {} more, not larger: --output FILE has all",
                             largest.size() - kMovesShown),
                 Paint::faint);
    }
  }

  void held() {
    const std::vector<HeldMove>& held = report_.schedule.held;
    if (held.empty()) return;
    page_.heading("Held back");
    for (size_t i = 0; i < std::min(held.size(), kHeldShown); ++i) {
      page_.item(view_.partition_name(held[i].partition) + ": " + held[i].reason, Paint::red);
    }
    if (held.size() > kHeldShown) {
      page_.item(fmt::format("and {} more: --report json has all", held.size() - kHeldShown),
                 Paint::faint);
    }
  }

  const PlanReport& report_;
  const ClusterView& view_;
  int width_;
  Page page_;
};

}  // namespace

std::string to_text(const PlanReport& report, int width, bool colour) {
  return Writer(report, width, colour).run();
}

}  // namespace twin::scenario
