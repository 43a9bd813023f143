// The text behind the number: api::Uid holds a fold of a real server's UUID, which is enough to
// tell two incarnations apart but not to name one to the server. Every uid that was read is
// remembered, the oldest of 200,000 given up first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "controller/api/object.h"

namespace twin::controller::live {

class Uids {
 public:
  static constexpr size_t kMax = 200'000;

  // Remembers what `uid` fields of a document's metadata say: its own, its owners' and those of the
  // objects inside it (the pods of a StrimziPodSet).
  void read(const api::Value& document);
  // nullptr: never read.
  const std::string* text(api::Uid uid) const;
  // Puts the texts back into a document that is about to be sent.
  void write(api::Value& document) const;

 private:
  void remember(const std::string& text);

  std::map<uint64_t, std::string> texts_;
  std::deque<uint64_t> order_;
};

}  // namespace twin::controller::live
