// Snapshots and scrape states for the tests of table and pages, with fixed times and values.
#pragma once

#include <string>
#include <vector>

#include "exporter/built_in/read_page.hpp"
#include "exporter/model/scrape_state.hpp"
#include "exporter/model/snapshot.hpp"

namespace ganesha::test {

// What a poll of the recorded server finds, through the real decoders.
exporter::Snapshot recorded_server(const std::string& version);
// Two exports and two clients with every value measured and every optional set.
exporter::Snapshot everything_measured();
// The same with statistics switched off in Ganesha.
exporter::Snapshot statistics_off();
// Two exports and a client with quotes, backslashes, newlines and UTF-8 in their names.
exporter::Snapshot odd_labels();
// Operations are counted, but none of the sums that some servers do not measure.
exporter::Snapshot nothing_measured();
// What a poll finds of a server without a bus.
exporter::Snapshot nothing_supported();

// The same with the server's own page, which these files of fixtures/built_in make up.
exporter::Snapshot with_built_in_page(exporter::Snapshot snapshot, const std::vector<std::string>& files,
                                      exporter::BesideBus beside = exporter::BesideBus::yes);

// A running server whose last poll found this.
exporter::ScrapeState usual_live(exporter::SnapshotPtr last_poll);
// The same server, down.
exporter::ScrapeState down_live(exporter::SnapshotPtr last_poll);
// A running server without a bus, of which no poll finds anything.
exporter::ScrapeState busless_live(exporter::SnapshotPtr last_poll);

}  // namespace ganesha::test
