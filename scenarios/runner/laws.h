// The laws a run rests on, and how far each was off where it was measured: against the recorded
// runs of a real operator with real brokers (tests/recorded), for one operator profile and one
// hardware profile each, or against a slower model of the same thing that plays every record
// (tests/reference). What neither covers is "not measured". docs/model/report.md says what each law
// takes in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/kernel.h"
#include "model/trace/records.h"
#include "scenarios/runner/report.h"

namespace twin::scenario {

// One row of the table of measured errors: a test computes each from what it sees, and fails when
// the row says anything else.
struct MeasuredLaw {
  std::string_view law;
  std::string_view profile;   // "" = of every operator, since the law is none of its own
  std::string_view hardware;  // "" = on all
  std::string_view error;
};
const std::vector<MeasuredLaw>& measured_laws();

// A law was used by a run in whose trace there is a record of the type that shows it.
struct Law {
  std::string_view name;
  trace::RecordType shown_by;
};
const std::vector<Law>& all_laws();

// "not measured" when no row fits.
std::string_view measured_error(std::string_view law, std::string_view profile,
                                std::string_view hardware);

// Sees which laws a run uses.
class LawsUsed : public model::TraceListener {
 public:
  void on_record(const sim::Record& record) override;
  std::vector<LawEntry> entries(std::string_view profile, std::string_view hardware) const;

 private:
  std::vector<bool> seen_;  // by type of record
};

}  // namespace twin::scenario
