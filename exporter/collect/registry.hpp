// The collectors: each asks Ganesha for what it stands for and puts it into the poll's snapshot.
// GaneshaSource runs those that are enabled, in the order of `collectors`.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "exporter/collect/context.hpp"

namespace ganesha::exporter {

using Collect = boost::asio::awaitable<CollectResult>(CollectContext&);

// collect_server.cpp
Collect collect_server, collect_operations, collect_procedures, collect_procedures_detailed, collect_auth,
    collect_mdcache, collect_fds, collect_fsal, collect_drc;
// collect_exports.cpp
Collect collect_exports, collect_export_details;
// collect_clients.cpp
Collect collect_clients, collect_client_ops, collect_client_procedures, collect_delegations;
// Asked with the I/O of exports and clients.
Collect collect_ninep;
// collect_layouts.cpp
Collect collect_layouts;

}  // namespace ganesha::exporter
