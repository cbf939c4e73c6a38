// How the samples of exports and clients are read: the same functions serve both, through Subjects.
// subject_metrics.cpp calls them in its rows.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "exporter/metrics/samples.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::exporter {

// Exports or clients: the names and labels of their metrics, and where a snapshot has them.
struct Subjects {
  std::string_view prefix;  // of their metrics' names
  std::string_view label_names;
  std::size_t (*count)(const Snapshot&);  // 0 if they are not known
  Labels (*labels)(const Snapshot&, std::size_t subject);
  std::optional<dbus::Timestamp> (*last_activity)(const Snapshot&, std::size_t subject);
  std::optional<IoTable> Snapshot::*io;
  std::optional<UniqueRows<OtherRow>> Snapshot::*other;
  std::optional<UniqueRows<LayoutRow>> Snapshot::*layouts;
};

extern const Subjects export_subjects;
extern const Subjects client_subjects;

using SubjectSamples = std::function<void(const Subjects&, const Snapshot&, Samples&)>;

// One counter of reads and writes, in the unit that `convert` makes of it. `measured` says for which
// direction the server measures it; null: always.
SubjectSamples io(std::uint64_t dbus::BasicIO::*field, double (*convert)(std::uint64_t),
                  bool Measured::*measured = nullptr);
// The sum of one counter over the protocols and both directions.
SubjectSamples io_total(std::uint64_t dbus::BasicIO::*field);
SubjectSamples other(std::uint64_t OtherRow::*field);
SubjectSamples layouts(std::uint64_t dbus::LayoutOperations::*field);
SubjectSamples delegations(std::uint64_t dbus::Delegations::*field);
SubjectSamples client_procedures(std::uint64_t dbus::ClientProcedure::*field);

void last_activity(const Subjects& subjects, const Snapshot& s, Samples& out);
void export_info(const Subjects& exports, const Snapshot& s, Samples& out);
void export_other_latency(const Subjects& exports, const Snapshot& s, Samples& out);
void client_state(const Subjects& clients, const Snapshot& s, Samples& out);
void client_duplicates(const Subjects& clients, const Snapshot& s, Samples& out);

}  // namespace ganesha::exporter
