// The rows of a topics snapshot, in small shared blocks. Two snapshots of which one follows the
// other share every block in which no row changed: taking one costs what changed since the last,
// keeping both costs little more than keeping one, and a reader that remembers the list it saw
// before finds by comparing blocks which rows it has to look at again.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "sim/assert.h"

namespace twin::api {

template <class Row>
class SharedBlocks {
 public:
  // Rows lie scattered when a broker goes, one in some thirty: larger blocks would all be copied.
  static constexpr size_t kRowsPerBlock = 16;

  size_t size() const { return size_; }
  const Row& operator[](size_t index) const {
    return (*blocks_[index / kRowsPerBlock])[index % kRowsPerBlock];
  }

  // New rows are as a Row is made; fewer rows are not asked for.
  void grow(size_t size) {
    TWIN_ASSERT_LE(size_, size);
    while (blocks_.size() * kRowsPerBlock < size) blocks_.push_back(std::make_shared<Block>());
    size_ = size;
  }
  // The row, to be changed: a block that another list shares is copied first.
  Row& edit(size_t index) {
    TWIN_ASSERT_LT(index, size_);
    std::shared_ptr<Block>& block = blocks_[index / kRowsPerBlock];
    if (block.use_count() > 1) block = std::make_shared<Block>(*block);
    return (*block)[index % kRowsPerBlock];
  }

  size_t block_count() const { return blocks_.size(); }
  // Then the rows of the block are equal. The reverse need not be so.
  bool shares_block(const SharedBlocks& other, size_t block) const {
    return block < other.blocks_.size() && blocks_[block] == other.blocks_[block];
  }

  class Iterator {
   public:
    Iterator(const SharedBlocks& rows, size_t index) : rows_(rows), index_(index) {}
    const Row& operator*() const { return rows_[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const SharedBlocks& rows_;
    size_t index_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

 private:
  using Block = std::array<Row, kRowsPerBlock>;
  std::vector<std::shared_ptr<Block>> blocks_;
  size_t size_ = 0;
};

}  // namespace twin::api
