// The rates of the counters of exports or of clients from one poll to the next, and their recent throughput.
// RateTracker feeds one RateTable each.
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
    std::optional<Rates> rates;  // nothing: seen for the first time, or a counter was reset
    History history;
    std::uint64_t round = 0;
  };

  // The values of a new poll; `seconds` since those before, or nothing if the two cannot be compared. What is
  // not among the entries is removed.
  void update(const std::vector<ExportEntry>& entries, const IoTable& io, std::optional<double> seconds);
  void update(const std::vector<ClientEntry>& entries, const IoTable& io, std::optional<double> seconds);

  // By the index in the latest snapshot; null if it had no such entry, or there was none.
  const Subject* subject(std::size_t index) const {
    return index < latest_.size() ? latest_[index] : nullptr;
  }
  // All of them together; nothing until one has a rate.
  const std::optional<Rates>& total() const { return total_; }
  const History& total_history() const { return total_history_; }

 private:
  template <class Entry>
  void update_entries(const std::vector<Entry>& entries, const IoTable& io, std::optional<double> seconds);

  std::unordered_map<std::string, Subject> subjects_;
  std::vector<Subject*> latest_;
  std::optional<Rates> total_;
  History total_history_;
  std::uint64_t round_ = 0;
};

}  // namespace ganesha::exporter
