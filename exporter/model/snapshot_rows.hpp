// Rows of the snapshot that belong to an export or a client. Collectors make them, the metrics read them; for
// key(), += and each_name() see unique_rows.hpp. `subject` is the index of the export or client in the
// snapshot. sub_key() distinguishes the rows of one subject; has_reset() says whether a counter is less than
// before, which is how a reset shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "dbus/records.hpp"

namespace ganesha::exporter {

// A sum where at least one value is known.
inline void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& more) {
  if (more) sum = sum.value_or(0) + *more;
}

// Operations other than reads and writes.
struct OtherRow {
  std::size_t subject = 0;
  std::string_view protocol;
  std::uint64_t operations = 0;
  std::uint64_t errors = 0;
  std::optional<std::uint64_t> latency_ns;

  std::string sub_key() const { return std::string(protocol); }
  auto key() const { return std::tie(subject, protocol); }
  void operator+=(const OtherRow& other) {
    operations += other.operations;
    errors += other.errors;
    add(latency_ns, other.latency_ns);
  }
  // Latency does not count: it is computed from a truncated average and can fall without a reset.
  bool has_reset(const OtherRow& before) const {
    return operations < before.operations || errors < before.errors;
  }
};

// Adds the rows of one subject: its reply to GetExportDetails or GetClientIOops.
inline void add_other(std::size_t subject, const dbus::Details& details, std::vector<OtherRow>& rows) {
  for (const auto& one : details.protocols)
    rows.push_back(
        {subject, name(one.protocol), one.other_operations, one.other_errors, one.other_latency_ns});
}

struct LayoutRow {
  std::size_t subject = 0;
  std::string_view protocol;
  std::string_view layout;
  dbus::LayoutOperations count;

  std::string sub_key() const { return std::string(protocol) + " " + std::string(layout); }
  auto key() const { return std::tie(subject, protocol, layout); }
  void operator+=(const LayoutRow& other) {
    count.operations += other.count.operations;
    count.errors += other.count.errors;
    count.delays += other.count.delays;
  }
  bool has_reset(const LayoutRow& before) const {
    return count.operations < before.count.operations || count.errors < before.count.errors ||
           count.delays < before.count.delays;
  }
};

// Adds the rows of one subject: its reply to GetNFSv41Layouts or GetNFSv42Layouts.
inline void add_layouts(std::size_t subject, std::string_view protocol, const dbus::Layouts& layouts,
                        std::vector<LayoutRow>& rows) {
  rows.push_back({subject, protocol, "getdevinfo", layouts.getdevinfo});
  rows.push_back({subject, protocol, "get", layouts.get});
  rows.push_back({subject, protocol, "commit", layouts.commit});
  rows.push_back({subject, protocol, "return", layouts.layout_return});
  rows.push_back({subject, protocol, "recall", layouts.recall});
}

struct DelegationRow {
  std::size_t subject = 0;
  dbus::Delegations count;

  std::string sub_key() const { return {}; }
  auto key() const { return std::tie(subject); }
  void operator+=(const DelegationRow& other) {
    count.grants_and_returns += other.count.grants_and_returns;
    count.recalls += other.count.recalls;
    count.failed_recalls += other.count.failed_recalls;
    count.revokes += other.count.revokes;
  }
  bool has_reset(const DelegationRow& before) const {
    return count.grants_and_returns < before.count.grants_and_returns ||
           count.recalls < before.count.recalls || count.failed_recalls < before.count.failed_recalls ||
           count.revokes < before.count.revokes;
  }
};

struct ClientProcedureRow {
  std::size_t subject = 0;
  dbus::ClientProcedure count;

  std::string sub_key() const { return std::string(count.protocol) + " " + count.procedure; }
  auto key() const { return std::tie(subject, count.protocol, count.procedure); }
  void operator+=(const ClientProcedureRow& other) {
    count.calls += other.count.calls;
    count.errors += other.count.errors;
    add(count.duplicates, other.count.duplicates);
  }
  bool has_reset(const ClientProcedureRow& before) const {
    return count.calls < before.count.calls || count.errors < before.count.errors ||
           count.duplicates < before.count.duplicates;
  }
  template <class Use>
  void each_name(Use use) {
    use(count.procedure);
  }
};

}  // namespace ganesha::exporter
