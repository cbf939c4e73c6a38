// Filtering, sorting and paging: only the rows of one page are made.
#include "exporter/status/report.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "exporter/base/text.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

bool is_match(const ExportEntry& entry, std::string_view filter) {
  return contains_ignoring_case(entry.path, filter) || contains_ignoring_case(entry.id, filter);
}
bool is_match(const ClientEntry& entry, std::string_view filter) {
  return contains_ignoring_case(entry.address, filter);
}

const std::string& name_of(const ExportEntry& entry) { return entry.path; }
const std::string& name_of(const ClientEntry& entry) { return entry.address; }

std::string_view id_of(const ExportEntry& entry) { return entry.id; }
std::string_view id_of(const ClientEntry&) { return {}; }

constexpr double unknown = -std::numeric_limits<double>::infinity();

double sort_value(const Rates& rates, SortKey key) {
  switch (key) {
    case SortKey::throughput:
      return rates.throughput();
    case SortKey::operations:
      return rates.operations();
    case SortKey::latency:
      return rates.latency.value_or(unknown);
    case SortKey::errors:
      return rates.errors;
    case SortKey::name:
    case SortKey::activity:
      break;
  }
  return unknown;
}

template <class Entry>
double sort_value(const Entry& entry, const RateTable::Subject* subject, SortKey key) {
  if (key == SortKey::activity) return entry.last_activity ? seconds(*entry.last_activity) : unknown;
  return subject && subject->rates ? sort_value(*subject->rates, key) : unknown;
}

// An entry that matches, by its index in the snapshot, and the value that it is sorted by.
struct Match {
  std::size_t index;
  double value;
};

// Sorts the matches from `first` to `end` alone: in linear time, however far back they are.
template <class Before>
void sort_page(std::vector<Match>& matches, std::size_t first, std::size_t end, Before before) {
  const auto at = [&](std::size_t i) { return matches.begin() + static_cast<std::ptrdiff_t>(i); };
  std::nth_element(matches.begin(), at(first), matches.end(), before);
  std::partial_sort(at(first), at(end), matches.end(), before);
}

// What is unknown comes last in both orders; equals keep their order.
auto by_value(Order order) {
  return [descending = order == Order::descending](const Match& a, const Match& b) {
    if (a.value == b.value) return a.index < b.index;
    if (a.value == unknown || b.value == unknown) return b.value == unknown;
    return (a.value > b.value) == descending;
  };
}

// Numbers within names are compared as numbers: 10.0.0.9 comes before 10.0.0.10.
template <class Entry>
auto by_name(const std::vector<Entry>& entries, Order order) {
  return [&entries, ascending = order == Order::ascending](const Match& a, const Match& b) {
    const int difference = strverscmp(name_of(entries[a.index]).c_str(), name_of(entries[b.index]).c_str());
    if (difference == 0) return a.index < b.index;
    return (difference < 0) == ascending;
  };
}

template <class Entry>
std::vector<Match> matches_of(const std::vector<Entry>& entries, const RateTable& rates,
                              const TableQuery& query) {
  std::vector<Match> matches;
  matches.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (is_match(entries[i], query.filter))
      matches.push_back({i, sort_value(entries[i], rates.subject(i), query.sort)});
  return matches;
}

// The protocols of its reads and writes; the table is sorted by subject.
std::vector<std::string_view> protocols_of(std::size_t subject, const std::optional<IoTable>& io) {
  std::vector<std::string_view> protocols;
  if (!io) return protocols;
  auto row = std::ranges::lower_bound(io->rows, subject, {}, &IoRow::subject);
  for (; row != io->rows.end() && row->subject == subject; ++row)
    if (row->read.operations + row->write.operations > 0) protocols.push_back(row->protocol);
  return protocols;
}

template <class Entry>
StatusRow row_of(const Entry& entry, std::size_t index, const RateTable& rates,
                 const std::optional<IoTable>& io) {
  StatusRow row{id_of(entry), name_of(entry), protocols_of(index, io), {}, {}, {}};
  if (entry.last_activity) row.last_activity = seconds(*entry.last_activity);
  if (const auto* subject = rates.subject(index)) {
    row.rates = subject->rates;
    row.history = subject->history.values();
  }
  return row;
}

template <class Entry>
StatusTable table_of(const std::vector<Entry>& entries, const std::optional<IoTable>& io,
                     const RateTable& rates, TableQuery query) {
  StatusTable table;
  auto matches = matches_of(entries, rates, query);
  table.matched = matches.size();
  table.pages = std::max<std::size_t>(1, (table.matched + query.per_page - 1) / query.per_page);
  query.page = std::min(query.page, table.pages);
  const auto first = (query.page - 1) * query.per_page;
  const auto end = std::min(table.matched, first + query.per_page);
  if (query.sort == SortKey::name)
    sort_page(matches, first, end, by_name(entries, query.order));
  else
    sort_page(matches, first, end, by_value(query.order));
  for (auto i = first; i < end; ++i)
    table.rows.push_back(row_of(entries[matches[i].index], matches[i].index, rates, io));
  table.query = std::move(query);
  return table;
}

// Null where the collector is off, or failed.
template <class Entries>
auto* entries_of(const Snapshot& snapshot, CollectorId collector, const Entries& entries) {
  return succeeded(snapshot, collector) && entries ? &*entries : nullptr;
}

StatusTable empty_table(TableQuery query) {
  StatusTable table;
  query.page = 1;
  table.query = std::move(query);
  return table;
}

}  // namespace

StatusTable exports_table(const Snapshot& snapshot, const RateTable& rates, TableQuery query) {
  const auto* entries = entries_of(snapshot, CollectorId::exports, snapshot.exports);
  if (!entries) return empty_table(std::move(query));
  auto table = table_of(*entries, snapshot.export_io, rates, std::move(query));
  table.known = snapshot.exports_known;
  return table;
}

StatusTable clients_table(const Snapshot& snapshot, const RateTable& rates, TableQuery query) {
  const auto* entries = entries_of(snapshot, CollectorId::clients, snapshot.clients);
  if (!entries) return empty_table(std::move(query));
  auto table = table_of(*entries, snapshot.client_io, rates, std::move(query));
  table.known = snapshot.clients_known;
  return table;
}

StatusReport make_report(const StatusFacts& facts, const RateTracker& tracker, const StatusQuery& query) {
  StatusReport report;
  report.facts = &facts;
  if (!facts.snapshot) {
    report.exports = empty_table(query.exports);
    report.clients = empty_table(query.clients);
    return report;
  }
  if (const auto* all = tracker.all(*facts.snapshot)) {
    report.total = all->total();
    report.total_history = all->total_history().values();
  }
  report.exports = exports_table(*facts.snapshot, tracker.exports(), query.exports);
  report.clients = clients_table(*facts.snapshot, tracker.clients(), query.clients);
  return report;
}

}  // namespace ganesha::exporter
