// Replies about the server as a whole. As in decode.hpp: an unknown signature is malformed_reply,
// `false` with a text is no_activity or refused. Called by ExportMgr and AdminMgr.
#pragma once

#include <vector>

#include "decode.hpp"

namespace ganesha::dbus {

// GetGlobalOPS: the operations of each protocol.
result<std::vector<ProtocolOperations>> decode_global_operations(const Message& reply);
// GetFastOPS: the calls of each procedure that was called.
result<std::vector<ProcedureCalls>> decode_procedure_calls(const Message& reply);
// GetFULLV3Stats, GetFULLV4Stats (2.7.4 on): the procedures that were called. The flat layout of 2.7.0 to
// 2.7.3 is malformed_reply.
result<std::vector<TimedProcedure>> decode_timed_procedures(const Message& reply);
// GetAuthStats: group_cache, winbind and, if it is reported, dns.
result<std::vector<AuthRequests>> decode_auth(const Message& reply);
// GetFSALStats of a FSAL that keeps them: GPFS.
result<FsalStats> decode_fsal(const Message& reply);
// ShowMDCache, and ShowCacheInode before 5.0, by label. A reply without one of its labels is malformed_reply.
result<MdCache> decode_mdcache(const Message& reply);
// ShowFDUsage, by label in the same way.
result<FdUsage> decode_fd_usage(const Message& reply);
// get_drc_info.
result<DrcInfo> decode_drc(const Message& reply);

}  // namespace ganesha::dbus
