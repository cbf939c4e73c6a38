// The records that Ganesha's replies are decoded to: plain values, each with its unit and its DBus method.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ganesha::dbus {

// The protocols of ShowClients and ShowExports.
enum class Protocol : std::uint8_t { nfsv3, nfsv40, nfsv41, nfsv42, mnt, nlmv4, rquota, ninep };
inline constexpr std::size_t protocol_count = 8;

// The protocols with read and write counters of their own (GetNFSv3IO, GetNFSv40IO, ...).
inline constexpr Protocol io_protocols[] = {Protocol::nfsv3, Protocol::nfsv40, Protocol::nfsv41,
                                            Protocol::nfsv42};

// The label value: NFSv3, NFSv40, NFSv41, NFSv42, MNT, NLMv4, RQUOTA, 9P.
std::string_view name(Protocol protocol) noexcept;
// Accepts every spelling that Ganesha has used (NMLv4, NLM, QUOTA, ...); nothing for an unknown name.
std::optional<Protocol> parse_protocol(std::string_view text) noexcept;

using ProtocolSet = std::bitset<protocol_count>;

// Seconds and nanoseconds since the epoch, `(tt)`. Zero means "never".
struct Timestamp {
  std::uint64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};

// One direction of one protocol, `(tttttt)`: sums since the last reset.
struct BasicIO {
  std::uint64_t requested_bytes = 0;
  std::uint64_t transferred_bytes = 0;
  std::uint64_t operations = 0;
  std::uint64_t errors = 0;
  std::uint64_t latency_ns = 0;
  std::uint64_t queue_wait_ns = 0;

  BasicIO& operator+=(const BasicIO& other) noexcept;
  bool operator==(const BasicIO&) const = default;
};

// Whether a sum is less than before: the counters were reset.
bool has_reset(const BasicIO& now, const BasicIO& before) noexcept;

// GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO of an export or a client.
struct BasicStats {
  Timestamp counting_since;  // up to 2.8: the time of the reply
  bool counting = true;      // false: statistics are disabled, the values are frozen
  BasicIO read;
  BasicIO write;
};

// One row of GetNFSIO.
struct ExportIOStats {
  std::uint16_t export_id = 0;
  std::string protocol;  // "NFSv3", "NFSv40", ...
  BasicIO read;
  BasicIO write;
};

// GetNFSIO: every export and protocol.
struct ExportIO {
  Timestamp counting_since;
  bool counting = true;
  std::vector<ExportIOStats> rows;
};

// One entry of ShowExports.
struct Export {
  std::uint16_t id = 0;
  std::string path;
  ProtocolSet protocols;
  std::optional<std::uint64_t> operations;  // since 15.2; not served: the counters by protocol have the sum
  Timestamp last_activity;
};

// ShowExports.
struct ExportList {
  Timestamp time;  // start of counting (since 3.0), else the time of the reply
  std::vector<Export> exports;
};

// The state that a client currently holds, since 6.0.
struct ClientState {
  std::uint64_t open = 0;
  std::uint64_t lock = 0;
  std::uint64_t delegation = 0;
};

// One entry of ShowClients.
struct Client {
  std::string address;  // as Ganesha has it: pass it back unchanged
  std::optional<bool> connected;
  ProtocolSet protocols;
  std::optional<std::uint64_t> operations;  // since 15.2; not served, as Export's
  std::optional<ClientState> state;
  Timestamp last_activity;
};

// Whether an export or a client used a protocol.
template <class Entry>
bool used(const Entry& entry, Protocol protocol) {
  return entry.protocols[static_cast<std::size_t>(protocol)];
}

// ShowClients.
struct ClientList {
  Timestamp time;  // the time of the reply
  std::vector<Client> clients;
};

// One statistic of StatusStats.
struct StatsSwitch {
  std::string_view name;  // nfs, fsal, v3_full, v4_full, auth, client_all_ops
  bool enabled = false;
  Timestamp since;

  bool operator==(const StatsSwitch&) const = default;
};

// ---- whole-server counts ----

// GetGlobalOPS: operations by protocol. NFSv4x are operations, not compounds; MNT stays 0 since 3.0.
struct ProtocolOperations {
  std::string protocol;  // NFSv3, NFSv40, NFSv41, NFSv42, NLMv4, MNTv1, MNTv3, RQUOTA
  std::uint64_t operations = 0;
};

// GetFastOPS: calls of each procedure that was ever called.
struct ProcedureCalls {
  std::string protocol;  // NFSv3, NFSv4, NLMv4, MNT, RQUOTA
  std::string procedure;
  std::uint64_t calls = 0;
};

// Minimum and maximum are those since the last reset; "not a number" where the server reports no duration.
struct Latency {
  std::uint64_t sum_ns = 0;  // average × count, rounded to whole nanoseconds
  double min_seconds = 0;
  double max_seconds = 0;
};

// One row of GetFULLV3Stats or GetFULLV4Stats, or an operation of GetFSALStats.
struct TimedProcedure {
  std::string procedure;
  std::uint64_t calls = 0;
  std::uint64_t errors = 0;
  std::optional<std::uint64_t> duplicates;  // NFSv3 only
  Latency latency;
};

// GetAuthStats: one row per source.
struct AuthRequests {
  std::string_view source;  // group_cache, winbind, dns
  std::uint64_t requests = 0;
  Latency latency;
};

// ShowMDCache, and ShowCacheInode before 5.0.
struct MdCache {
  std::uint64_t hits = 0;
  std::uint64_t adds = 0;
  std::uint64_t mappings = 0;
  // The rest is reported since 3.3: 0 if system_limit is empty.
  std::uint64_t entries = 0;   // LRU entries in use
  std::uint64_t chunks = 0;    // directory chunks in use
  std::uint64_t fsal_fds = 0;  // file descriptors that the FSAL holds open
  std::optional<std::uint64_t> system_limit;
  std::string_view fd_state;  // below_low, below_high, above_high, hard_limit; empty if unknown
};

// ShowFDUsage (since 6.0).
struct FdUsage {
  std::uint64_t system_limit = 0;
  std::uint64_t low_mark = 0;
  std::uint64_t high_mark = 0;
  std::uint64_t hard_limit = 0;
  std::uint64_t global_fds = 0;
  std::string_view fd_state;  // as MdCache's
};

// get_drc_info (15.2).
struct DrcInfo {
  std::uint64_t entries = 0;  // of all caches
  std::uint64_t drcs = 0;
  std::uint64_t inactive_drcs = 0;
};

// GetMemoryStats (15.2): the memory of one component of the server. What is in use is signed: a component
// that frees what another one allocated falls below 0.
struct MemoryUse {
  std::string component;  // HASHTABLE, MDCACHE, LIBNTIRPC, ...
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t freed_bytes = 0;
  std::int64_t active_bytes = 0;
  std::int64_t peak_bytes = 0;  // since the start of the server
};

// GetFSALStats of one FSAL: only GPFS has them, others refuse.
struct FsalStats {
  std::string fsal;
  std::vector<TimedProcedure> operations;
};

// ---- of one export or client ----

// Operations other than reads and writes of one protocol: GetExportDetails, GetClientIOops and
// GetAllClientIOops. Their reads and writes are left out: GetNFSv*IO has more.
struct ProtocolDetails {
  Protocol protocol = Protocol::nfsv3;
  std::uint64_t other_operations = 0;
  std::uint64_t other_errors = 0;
  std::optional<std::uint64_t> other_latency_ns;  // if it is measured: never for clients
};

struct Details {
  Timestamp last_activity;
  std::vector<ProtocolDetails> protocols;  // those that were used
};

// GetAllClientIOops (15.2): one entry per client.
struct ClientDetails {
  std::string address;
  Details details;
};

// GetNFSv41Layouts, GetNFSv42Layouts: `(ttt)` of one kind.
struct LayoutOperations {
  std::uint64_t operations = 0;
  std::uint64_t errors = 0;
  std::uint64_t delays = 0;
};

struct Layouts {
  Timestamp counting_since;
  LayoutOperations getdevinfo, get, commit, layout_return, recall;
};

// GetDelegations of a client. The server counts grants and returns together.
struct Delegations {
  std::uint64_t grants_and_returns = 0;
  std::uint64_t recalls = 0;
  std::uint64_t failed_recalls = 0;
  std::uint64_t revokes = 0;
};

// One procedure of a client in GetAllClientAllops.
struct ClientProcedure {
  std::string_view protocol;  // NFSv3, NLMv4, NFSv4
  std::string procedure;
  std::uint64_t calls = 0;
  std::uint64_t errors = 0;
  std::optional<std::uint64_t> duplicates;  // not for NFSv4
};

// GetAllClientAllops (15.2): one entry per client.
struct ClientProcedures {
  std::string address;
  Timestamp last_activity;
  std::vector<ClientProcedure> procedures;
};

// DisplayExport.
struct ExportInfo {
  std::uint16_t id = 0;
  std::string path;
  std::string pseudo;
  std::string tag;
};

}  // namespace ganesha::dbus
