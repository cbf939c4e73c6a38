// The samples of exports and clients: the same functions for both, by how a subject is labelled. What the
// rows of the stat table call.
#pragma once

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "exporter/metrics/metric_table.hpp"
#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter::samples {

struct Exports {
  static const auto& entries(const Snapshot& s) { return s.exports; }
  static const auto& io(const Snapshot& s) { return s.export_io; }
  static const auto& other(const Snapshot& s) { return s.export_other; }
  static const auto& layouts(const Snapshot& s) { return s.export_layouts; }
  template <class... More>
  static void add(Samples& out, const ExportEntry& e, double value, const More&... more) {
    out.add({{"export_id", e.id}, {"path", e.path}, more...}, value);
  }
};

struct Clients {
  static const auto& entries(const Snapshot& s) { return s.clients; }
  static const auto& io(const Snapshot& s) { return s.client_io; }
  static const auto& other(const Snapshot& s) { return s.client_other; }
  static const auto& layouts(const Snapshot& s) { return s.client_layouts; }
  template <class... More>
  static void add(Samples& out, const ClientEntry& c, double value, const More&... more) {
    out.add({{"client", c.address}, more...}, value);
  }
};

using Label = std::pair<std::string_view, std::string_view>;

template <auto Flag>
bool shown(const Measured& measured) {
  if constexpr (std::is_null_pointer_v<decltype(Flag)>)
    return true;
  else
    return measured.*Flag;
}

// One of BasicIO's six figures. `Flag` says whether it is measured; none: it always is.
template <class Subject, auto Figure, auto Unit, auto Flag = nullptr>
void io(const Snapshot& s, Samples& out) {
  const auto& entries = Subject::entries(s);
  const auto& table = Subject::io(s);
  if (!entries || !table) return;
  const bool read = shown<Flag>(table->read);
  const bool write = shown<Flag>(table->write);
  out.expect(2 * table->rows.size());
  for (const auto& row : table->rows) {
    const auto& subject = (*entries)[row.subject];
    const Label protocol{"protocol", row.protocol};
    if (read) Subject::add(out, subject, Unit(row.read.*Figure), protocol, Label{"operation", "read"});
    if (write) Subject::add(out, subject, Unit(row.write.*Figure), protocol, Label{"operation", "write"});
  }
}

inline void exports_missing(const Snapshot& s, Samples& out) {
  if (s.exports_missing) out.add({}, count(s.exports_missing->size()));
}

template <auto Number>
void number_of(const Snapshot& s, Samples& out) {
  if (s.*Number) out.add({}, count(*(s.*Number)));
}

template <class Subject>
void last_activity(const Snapshot& s, Samples& out) {
  if (!Subject::entries(s)) return;
  for (const auto& entry : *Subject::entries(s))
    if (entry.last_activity) Subject::add(out, entry, seconds(*entry.last_activity));
}

inline void client_state(const Snapshot& s, Samples& out) {
  if (!s.clients) return;
  for (const auto& client : *s.clients) {
    if (!client.state) continue;
    Clients::add(out, client, count(client.state->open), Label{"state", "open"});
    Clients::add(out, client, count(client.state->lock), Label{"state", "lock"});
    Clients::add(out, client, count(client.state->delegation), Label{"state", "delegation"});
  }
}

inline void export_info(const Snapshot& s, Samples& out) {
  if (!s.exports) return;
  for (const auto& one : *s.exports) {
    if (!one.info) continue;
    std::string_view real_path = one.info->path;
    if (real_path == one.path) real_path = {};
    Exports::add(out, one, 1, Label{"pseudo", one.info->pseudo}, Label{"tag", one.info->tag},
                 Label{"real_path", real_path});
  }
}

template <class Subject, auto Figure>
void other(const Snapshot& s, Samples& out) {
  if (!Subject::entries(s) || !Subject::other(s)) return;
  for (const auto& row : *Subject::other(s))
    Subject::add(out, (*Subject::entries(s))[row.subject], count(row.*Figure),
                 Label{"protocol", row.protocol});
}

inline void export_other_latency(const Snapshot& s, Samples& out) {
  if (!s.exports || !s.export_other) return;
  for (const auto& row : *s.export_other)
    if (row.latency_ns)
      Exports::add(out, (*s.exports)[row.subject], nanoseconds(*row.latency_ns),
                   Label{"protocol", row.protocol});
}

template <class Subject, auto Figure>
void layouts(const Snapshot& s, Samples& out) {
  if (!Subject::entries(s) || !Subject::layouts(s)) return;
  for (const auto& row : *Subject::layouts(s))
    Subject::add(out, (*Subject::entries(s))[row.subject], count(row.count.*Figure),
                 Label{"protocol", row.protocol}, Label{"layout", row.layout});
}

template <auto Figure>
void delegations(const Snapshot& s, Samples& out) {
  if (!s.clients || !s.delegations) return;
  for (const auto& row : *s.delegations)
    Clients::add(out, (*s.clients)[row.subject], count(row.count.*Figure));
}

inline void add_procedure(const Snapshot& s, const ClientProcedureRow& row, std::uint64_t figure,
                          Samples& out) {
  Clients::add(out, (*s.clients)[row.subject], count(figure), Label{"protocol", row.count.protocol},
               Label{"procedure", row.count.procedure});
}

template <auto Figure>
void client_procedures(const Snapshot& s, Samples& out) {
  if (!s.clients || !s.client_procedures) return;
  out.expect(s.client_procedures->size());
  for (const auto& row : *s.client_procedures) add_procedure(s, row, row.count.*Figure, out);
}

inline void client_duplicates(const Snapshot& s, Samples& out) {
  if (!s.clients || !s.client_procedures) return;
  for (const auto& row : *s.client_procedures)
    if (row.count.duplicates) add_procedure(s, row, *row.count.duplicates, out);
}

}  // namespace ganesha::exporter::samples
