#include "exporter/status/rates.hpp"

namespace ganesha::exporter {
namespace {

std::string key_of(const ExportEntry& entry) { return entry.id + ' ' + entry.path; }
const std::string& key_of(const ClientEntry& entry) { return entry.address; }

std::vector<Sums> sums_by_subject(std::size_t subjects, const IoTable& io) {
  std::vector<Sums> sums(subjects);
  for (const auto& row : io.rows)
    sums[row.subject] += {row.read.transferred_bytes, row.write.transferred_bytes,        row.read.operations,
                          row.write.operations,       row.read.errors + row.write.errors, row.read.latency_ns,
                          row.write.latency_ns};
  return sums;
}

// What was counted in between; nothing if the counters were reset.
std::optional<Sums> difference(const Sums& now, const Sums& before) {
  const bool was_reset = now.read_bytes < before.read_bytes || now.written_bytes < before.written_bytes ||
                         now.reads < before.reads || now.writes < before.writes ||
                         now.errors < before.errors || now.read_ns < before.read_ns ||
                         now.write_ns < before.write_ns;
  if (was_reset) return std::nullopt;
  return Sums{now.read_bytes - before.read_bytes, now.written_bytes - before.written_bytes,
              now.reads - before.reads,           now.writes - before.writes,
              now.errors - before.errors,         now.read_ns - before.read_ns,
              now.write_ns - before.write_ns};
}

std::optional<double> mean_latency(const Sums& counted, const IoTable& io) {
  const auto timed = (io.read.latency ? counted.reads : 0) + (io.write.latency ? counted.writes : 0);
  const auto sum = (io.read.latency ? counted.read_ns : 0) + (io.write.latency ? counted.write_ns : 0);
  if (timed == 0) return std::nullopt;
  return static_cast<double>(sum) / 1e9 / static_cast<double>(timed);
}

Rates rates_of(const Sums& counted, const IoTable& io, double seconds) {
  const auto rate = [seconds](std::uint64_t count) { return static_cast<double>(count) / seconds; };
  return {rate(counted.read_bytes), rate(counted.written_bytes), rate(counted.reads),
          rate(counted.writes),     rate(counted.errors),        mean_latency(counted, io)};
}

}  // namespace

void Sums::operator+=(const Sums& other) {
  read_bytes += other.read_bytes;
  written_bytes += other.written_bytes;
  reads += other.reads;
  writes += other.writes;
  errors += other.errors;
  read_ns += other.read_ns;
  write_ns += other.write_ns;
}

void History::add(double value) {
  ring_[next_] = static_cast<float>(value);
  next_ = static_cast<std::uint8_t>((next_ + 1) % capacity);
  if (size_ < capacity) ++size_;
}

std::vector<float> History::values() const {
  std::vector<float> values(size_);
  for (std::size_t i = 0; i < size_; ++i) values[i] = ring_[(next_ + capacity - size_ + i) % capacity];
  return values;
}

template <class Entry>
void RateTable::update_entries(const std::vector<Entry>& entries, const IoTable& io,
                               std::optional<double> seconds) {
  ++round_;
  const auto sums = sums_by_subject(entries.size(), io);
  latest_.resize(entries.size());
  std::optional<Sums> counted;  // by all of them
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto [at, added] = subjects_.try_emplace(key_of(entries[i]));
    auto& subject = at->second;
    const auto step = seconds && !added ? difference(sums[i], subject.sums) : std::nullopt;
    subject.rates.reset();
    if (step) {
      subject.rates = rates_of(*step, io, *seconds);
      subject.history.add(subject.rates->throughput());
      if (!counted) counted.emplace();
      *counted += *step;
    }
    subject.sums = sums[i];
    subject.round = round_;
    latest_[i] = &subject;
  }
  if (subjects_.size() > entries.size())
    std::erase_if(subjects_, [this](const auto& one) { return one.second.round != round_; });
  total_.reset();
  if (!counted) return;
  total_ = rates_of(*counted, io, *seconds);
  total_history_.add(total_->throughput());
}

void RateTable::update(const std::vector<ExportEntry>& entries, const IoTable& io,
                       std::optional<double> seconds) {
  update_entries(entries, io, seconds);
}
void RateTable::update(const std::vector<ClientEntry>& entries, const IoTable& io,
                       std::optional<double> seconds) {
  update_entries(entries, io, seconds);
}

}  // namespace ganesha::exporter
