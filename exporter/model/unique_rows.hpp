// Rows of the snapshot, of which no two have the same labels: the only way into it. Names that a server
// repeats are merged here, whatever the reply; names that are too long are cut before. The collectors fill
// it, the metrics and the status page read it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "exporter/model/label_value.hpp"

namespace ganesha::exporter {

// A Row has labels of its own, key(), by which it is sorted; operator+= adds a row of equal labels. If the
// server names them, each_name(use) calls use(name) for each such name.
template <class Row>
class UniqueRows {
 public:
  UniqueRows() = default;
  UniqueRows(std::vector<Row> rows) { add(std::move(rows)); }
  UniqueRows(std::initializer_list<Row> rows) : UniqueRows(std::vector<Row>(rows)) {}

  // Takes no time for the rows that are there already if these come after them.
  void add(std::vector<Row> rows) {
    for (auto& row : rows) cut_names(row);
    if (!std::ranges::is_sorted(rows, {}, &Row::key)) std::ranges::sort(rows, {}, &Row::key);
    const bool follow = rows_.empty() || rows.empty() || rows_.back().key() < rows.front().key();
    const auto middle = append(std::move(rows));
    if (!follow) std::ranges::inplace_merge(rows_, rows_.begin() + middle, {}, &Row::key);
    sum_equal(follow ? rows_.begin() + middle : rows_.begin());
  }
  void merge(UniqueRows&& more) { add(std::move(more.rows_)); }

  // What the server's names among the labels take, as far as they were added.
  std::size_t name_bytes() const { return name_bytes_; }

  // Changes values: change(row) must leave the labels as they are.
  template <class Change>
  void each_value(Change change) {
    for (auto& row : rows_) change(row);
  }

  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  const Row& operator[](std::size_t at) const { return rows_[at]; }

 private:
  void cut_names(Row& row) {
    if constexpr (requires { row.each_name([](std::string&) {}); })
      row.each_name([this](std::string& name) {
        cut_label(name);
        name_bytes_ += name.size();
      });
  }

  // Returns how many there were before.
  std::ptrdiff_t append(std::vector<Row>&& rows) {
    const auto before = static_cast<std::ptrdiff_t>(rows_.size());
    if (rows_.empty())
      rows_ = std::move(rows);
    else
      std::ranges::move(rows, std::back_inserter(rows_));
    return before;
  }

  void sum_equal(typename std::vector<Row>::iterator from) {
    auto kept = from;
    for (auto at = from; at != rows_.end(); ++at) {
      if (kept != from && std::prev(kept)->key() == at->key())
        *std::prev(kept) += *at;
      else if (kept++ != at)
        *std::prev(kept) = std::move(*at);
    }
    rows_.erase(kept, rows_.end());
  }

  std::vector<Row> rows_;
  std::size_t name_bytes_ = 0;
};

}  // namespace ganesha::exporter
