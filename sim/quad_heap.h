// A plain 4-ary heap ordered by (key, sequence): the reference for the radix heap.
//
// Same interface, textbook algorithm: each item carries the number of its push, so that equal keys
// leave in the order they came. It accepts any keys, also below the one popped last.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/assert.h"

namespace twin::sim {

template <class T, class KeyOf>
class QuadHeap {
 public:
  bool empty() const { return nodes_.empty(); }
  size_t size() const { return nodes_.size(); }

  void push(const T& item) {
    nodes_.push_back(Node{KeyOf::key(item), next_sequence_++, item});
    sift_up(nodes_.size() - 1);
  }

  // The least key. REQUIRES: !empty().
  uint64_t least_key() const {
    TWIN_ASSERT(!empty());
    return nodes_.front().key;
  }

  // Removes and returns the item of least key that was pushed first. REQUIRES: !empty().
  T pop() {
    TWIN_ASSERT(!empty());
    const T least = nodes_.front().item;
    nodes_.front() = nodes_.back();
    nodes_.pop_back();
    if (!nodes_.empty()) sift_down(0);
    return least;
  }

 private:
  static constexpr size_t kArity = 4;

  struct Node {
    uint64_t key;
    uint64_t sequence;
    T item;

    bool before(const Node& other) const {
      return key != other.key ? key < other.key : sequence < other.sequence;
    }
  };

  void sift_up(size_t at) {
    const Node moving = nodes_[at];
    while (at > 0) {
      const size_t parent = (at - 1) / kArity;
      if (!moving.before(nodes_[parent])) break;
      nodes_[at] = nodes_[parent];
      at = parent;
    }
    nodes_[at] = moving;
  }

  void sift_down(size_t at) {
    const Node moving = nodes_[at];
    while (true) {
      const size_t first = at * kArity + 1;
      if (first >= nodes_.size()) break;
      const size_t end = std::min(first + kArity, nodes_.size());
      size_t least = first;
      for (size_t child = first + 1; child < end; ++child) {
        if (nodes_[child].before(nodes_[least])) least = child;
      }
      if (!nodes_[least].before(moving)) break;
      nodes_[at] = nodes_[least];
      at = least;
    }
    nodes_[at] = moving;
  }

  std::vector<Node> nodes_;
  uint64_t next_sequence_ = 0;
};

}  // namespace twin::sim
