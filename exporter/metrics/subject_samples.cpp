#include "exporter/metrics/subject_samples.hpp"

#include <initializer_list>

#include "exporter/model/sample_values.hpp"

namespace ganesha::exporter {
namespace {

Labels export_labels(const Snapshot& s, std::size_t subject) {
  const auto& one = (*s.exports)[subject];
  return {{"export_id", one.id}, {"path", one.path}};
}

Labels client_labels(const Snapshot& s, std::size_t subject) {
  return {{"client", (*s.clients)[subject].address}};
}

Labels labels_of(const Subjects& subjects, const Snapshot& s, std::size_t subject,
                 std::initializer_list<Label> more) {
  Labels labels = subjects.labels(s, subject);
  for (const auto& label : more) labels.push_back(label);
  return labels;
}

// The rows, or null if there are none or their subjects are not known.
template <class Rows>
const Rows* rows_of(const std::optional<Rows>& rows, const Subjects& subjects, const Snapshot& s) {
  return rows && subjects.count(s) > 0 ? &*rows : nullptr;
}

Labels procedure_labels(const Subjects& clients, const Snapshot& s, const ClientProcedureRow& row) {
  return labels_of(clients, s, row.subject,
                   {{"protocol", row.count.protocol}, {"procedure", row.count.procedure}});
}

}  // namespace

const Subjects export_subjects{
    "ganesha_export_",
    "export_id, path",
    [](const Snapshot& s) { return s.exports ? s.exports->size() : 0; },
    export_labels,
    [](const Snapshot& s, std::size_t subject) { return (*s.exports)[subject].last_activity; },
    &Snapshot::export_io,
    &Snapshot::export_other,
    &Snapshot::export_layouts};

const Subjects client_subjects{
    "ganesha_client_",
    "client",
    [](const Snapshot& s) { return s.clients ? s.clients->size() : 0; },
    client_labels,
    [](const Snapshot& s, std::size_t subject) { return (*s.clients)[subject].last_activity; },
    &Snapshot::client_io,
    &Snapshot::client_other,
    &Snapshot::client_layouts};

SubjectSamples io(std::uint64_t dbus::BasicIO::*field, double (*convert)(std::uint64_t),
                  bool Measured::*measured) {
  return [=](const Subjects& subjects, const Snapshot& s, Samples& out) {
    const auto* table = rows_of(s.*subjects.io, subjects, s);
    if (!table) return;
    const bool read = !measured || table->read.*measured;
    const bool write = !measured || table->write.*measured;
    out.reserve(2 * table->rows.size());
    for (const auto& row : table->rows) {
      auto labels = labels_of(subjects, s, row.subject, {{"protocol", row.protocol}, {"operation", "read"}});
      if (read) out.add(labels, convert(row.read.*field));
      labels.back().second = "write";
      if (write) out.add(labels, convert(row.write.*field));
    }
  };
}

SubjectSamples io_total(std::uint64_t dbus::BasicIO::*field) {
  return [field](const Subjects& subjects, const Snapshot& s, Samples& out) {
    const auto* table = rows_of(s.*subjects.io, subjects, s);
    if (!table) return;
    for (auto row = table->rows.begin(); row != table->rows.end();) {
      const auto subject = row->subject;
      std::uint64_t sum = 0;
      for (; row != table->rows.end() && row->subject == subject; ++row)
        sum += row->read.*field + row->write.*field;
      out.add(subjects.labels(s, subject), to_sample(sum));
    }
  };
}

SubjectSamples other(std::uint64_t OtherRow::*field) {
  return [field](const Subjects& subjects, const Snapshot& s, Samples& out) {
    const auto* rows = rows_of(s.*subjects.other, subjects, s);
    if (!rows) return;
    for (const auto& row : *rows)
      out.add(labels_of(subjects, s, row.subject, {{"protocol", row.protocol}}), to_sample(row.*field));
  };
}

SubjectSamples layouts(std::uint64_t dbus::LayoutOperations::*field) {
  return [field](const Subjects& subjects, const Snapshot& s, Samples& out) {
    const auto* rows = rows_of(s.*subjects.layouts, subjects, s);
    if (!rows) return;
    for (const auto& row : *rows)
      out.add(labels_of(subjects, s, row.subject, {{"protocol", row.protocol}, {"layout", row.layout}}),
              to_sample(row.count.*field));
  };
}

SubjectSamples delegations(std::uint64_t dbus::Delegations::*field) {
  return [field](const Subjects& clients, const Snapshot& s, Samples& out) {
    const auto* rows = rows_of(s.delegations, clients, s);
    if (!rows) return;
    for (const auto& row : *rows) out.add(clients.labels(s, row.subject), to_sample(row.count.*field));
  };
}

SubjectSamples client_procedures(std::uint64_t dbus::ClientProcedure::*field) {
  return [field](const Subjects& clients, const Snapshot& s, Samples& out) {
    const auto* rows = rows_of(s.client_procedures, clients, s);
    if (!rows) return;
    out.reserve(rows->size());
    for (const auto& row : *rows) out.add(procedure_labels(clients, s, row), to_sample(row.count.*field));
  };
}

void last_activity(const Subjects& subjects, const Snapshot& s, Samples& out) {
  for (std::size_t i = 0; i < subjects.count(s); ++i)
    if (const auto time = subjects.last_activity(s, i)) out.add(subjects.labels(s, i), seconds(*time));
}

void export_info(const Subjects& exports, const Snapshot& s, Samples& out) {
  for (std::size_t i = 0; i < exports.count(s); ++i) {
    const auto& one = (*s.exports)[i];
    if (!one.info) continue;
    const auto real_path = one.info->path == one.path ? std::string_view() : std::string_view(one.info->path);
    out.add(labels_of(exports, s, i,
                      {{"pseudo", one.info->pseudo}, {"tag", one.info->tag}, {"real_path", real_path}}),
            1);
  }
}

void export_other_latency(const Subjects& exports, const Snapshot& s, Samples& out) {
  const auto* rows = rows_of(s.export_other, exports, s);
  if (!rows) return;
  for (const auto& row : *rows)
    if (row.latency_ns)
      out.add(labels_of(exports, s, row.subject, {{"protocol", row.protocol}}),
              nanoseconds_to_seconds(*row.latency_ns));
}

void client_state(const Subjects& clients, const Snapshot& s, Samples& out) {
  for (std::size_t i = 0; i < clients.count(s); ++i) {
    const auto& state = (*s.clients)[i].state;
    if (!state) continue;
    out.add(labels_of(clients, s, i, {{"state", "open"}}), to_sample(state->open));
    out.add(labels_of(clients, s, i, {{"state", "lock"}}), to_sample(state->lock));
    out.add(labels_of(clients, s, i, {{"state", "delegation"}}), to_sample(state->delegation));
  }
}

void client_duplicates(const Subjects& clients, const Snapshot& s, Samples& out) {
  const auto* rows = rows_of(s.client_procedures, clients, s);
  if (!rows) return;
  for (const auto& row : *rows)
    if (row.count.duplicates) out.add(procedure_labels(clients, s, row), to_sample(*row.count.duplicates));
}

}  // namespace ganesha::exporter
