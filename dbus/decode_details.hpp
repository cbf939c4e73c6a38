// Replies about one export or one client, or about every client in one call. As in decode.hpp: an
// unknown signature is malformed_reply, `false` with a text is no_activity or refused. Called by ExportMgr
// and ClientMgr.
#pragma once

#include <vector>

#include "decode.hpp"

namespace ganesha::dbus {

// GetExportDetails, GetClientIOops. A latency of 0 was not measured: servers send it for every client, and
// for exports with Enable_Fast_Stats.
result<Details> decode_details(const Message& reply);
// GetAllClientIOops.
result<std::vector<ClientDetails>> decode_all_client_details(const Message& reply);
// GetNFSv41Layouts, GetNFSv42Layouts of exports and clients.
result<Layouts> decode_layouts(const Message& reply);
// GetDelegations.
result<Delegations> decode_delegations(const Message& reply);
// GetAllClientAllops.
result<std::vector<ClientProcedures>> decode_all_client_procedures(const Message& reply);
// DisplayExport, without the export's clients.
result<ExportInfo> decode_export_info(const Message& reply);

}  // namespace ganesha::dbus
