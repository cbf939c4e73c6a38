// How fast the counters of exports or of clients grow, told from one poll to the next, and what their
// throughput was lately. The status page's worker feeds one RateTable each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

// Reads and writes of all protocols together.
struct Sums {
  std::uint64_t read_bytes = 0, written_bytes = 0;
  std::uint64_t reads = 0, writes = 0, errors = 0;
  std::uint64_t read_ns = 0, write_ns = 0;

  void operator+=(const Sums& other);
};

// Per second; latency in seconds per read or write, where there were any and the server measures it.
struct Rates {
  double read_bytes = 0, written_bytes = 0;
  double reads = 0, writes = 0, errors = 0;
  std::optional<double> latency;

  double throughput() const { return read_bytes + written_bytes; }
  double operations() const { return reads + writes; }
};

// The latest throughputs, in bytes per second.
class History {
 public:
  static constexpr std::size_t capacity = 30;
  void add(double value);
  std::vector<float> values() const;  // oldest first

 private:
  std::array<float, capacity> ring_{};  // a float, for there are many of them
  std::uint8_t size_ = 0, next_ = 0;
};

class RateTable {
 public:
  struct Subject {
    Sums sums;
    std::optional<Rates> rates;  // nothing: met for the first time, or a counter fell
    History history;
    std::uint64_t round = 0;
  };

  // A new poll's figures; `seconds` since those that were taken before, or nothing if the two cannot be
  // compared. Whoever is not among the entries is forgotten.
  void take(const std::vector<ExportEntry>& entries, const IoTable& io, std::optional<double> seconds);
  void take(const std::vector<ClientEntry>& entries, const IoTable& io, std::optional<double> seconds);
  void forget() { *this = {}; }

  // By the index in the snapshot that was taken last; null if it had no such entry, or nothing was taken.
  const Subject* subject(std::size_t index) const {
    return index < latest_.size() ? latest_[index] : nullptr;
  }
  // All of them together; nothing until one has a rate.
  const std::optional<Rates>& total() const { return total_; }
  const History& total_history() const { return total_history_; }

 private:
  template <class Entry>
  void take_entries(const std::vector<Entry>& entries, const IoTable& io, std::optional<double> seconds);

  std::unordered_map<std::string, Subject> subjects_;
  std::vector<Subject*> latest_;
  std::optional<Rates> total_;
  History total_history_;
  std::uint64_t round_ = 0;
};

}  // namespace ganesha::exporter
