// What an operator acts on, as a sweep of its views needs it: which of its calls is the first on a
// view that it has not acted on before. A view is what its watches told (the content of objects;
// versions, ids and times do not count), together with what it remembers, as far as that can be
// seen from outside: what it has asked for and decided since it took up the reconcile.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/kernel.h"
#include "model/world.h"

namespace twin::campaign {

// Of the first operator.
class Views : public model::TraceListener {
 public:
  // Before the run begins.
  void look_at(const model::World& world) { world_ = &world; }
  void on_record(const sim::Record& record) override;

  uint64_t calls_since(sim::Time zero) const;
  // Counted from 1 at the first call after `zero`: the first call on each view, and of those that
  // are alike the first one.
  std::vector<uint64_t> first_calls_since(sim::Time zero) const;
  // The same without looking for those that are alike.
  uint64_t views_since(sim::Time zero) const;

 private:
  struct Call {
    sim::Time at;
    bool fresh = false;  // a watch told something since the last call
    uint64_t state = 0;  // hash of view and memory before it
  };
  void written(const sim::Record& record);
  void told(const sim::Record& record);
  void called(sim::Time at, uint64_t what);

  const model::World* world_ = nullptr;
  using Key = std::pair<int64_t, int64_t>;  // kind, name
  std::map<int64_t, uint64_t> content_;     // by resource version
  std::map<Key, uint64_t> view_;
  std::set<uint64_t> memory_;
  uint64_t last_decision_ = 0;
  bool fresh_ = true;
  std::vector<Call> calls_;
};

// Of an object's content: its versions, ids and times left out.
uint64_t hash_of_content(const api::Object& object);

}  // namespace twin::campaign
