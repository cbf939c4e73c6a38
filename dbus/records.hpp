// The records that Ganesha's replies become: plain values, each with its unit and the reply it comes from.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ganesha::dbus {

// The protocols that ShowClients and ShowExports tell of.
enum class Protocol : std::uint8_t { nfsv3, nfsv40, nfsv41, nfsv42, mnt, nlmv4, rquota, ninep };
inline constexpr std::size_t protocol_count = 8;

// The protocols with read and write counters of their own (GetNFSv3IO, GetNFSv40IO, ...).
inline constexpr Protocol io_protocols[] = {Protocol::nfsv3, Protocol::nfsv40, Protocol::nfsv41,
                                            Protocol::nfsv42};

// The label value: NFSv3, NFSv40, NFSv41, NFSv42, MNT, NLMv4, RQUOTA, 9P.
std::string_view name(Protocol protocol) noexcept;
// Reads every spelling that Ganesha used for it (NMLv4, NLM, QUOTA, ...); nothing for an unknown name.
std::optional<Protocol> parse_protocol(std::string_view text) noexcept;

using ProtocolSet = std::bitset<protocol_count>;

// Seconds and nanoseconds since the epoch, `(tt)`. Zero stands for "never".
struct Timestamp {
  std::uint64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};

// One direction of one protocol, `(tttttt)`: sums since counting began.
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

// GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO of an export or a client.
struct BasicStats {
  Timestamp counting_since;  // to 2.8: the time of the reply
  bool counting = true;      // false: statistics are switched off, the figures are frozen
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
  std::optional<std::uint64_t> operations;  // 15.2 on
  Timestamp last_activity;
};

// ShowExports.
struct ExportList {
  Timestamp time;  // counting since (3.0 on), else the time of the reply
  std::vector<Export> exports;
};

// The state that a client holds now: gauges, 6.0 on.
struct ClientState {
  std::uint64_t open = 0;
  std::uint64_t lock = 0;
  std::uint64_t delegation = 0;
};

// One entry of ShowClients.
struct Client {
  std::string address;  // as Ganesha knows it: pass it back unchanged
  std::optional<bool> connected;
  ProtocolSet protocols;
  std::optional<std::uint64_t> operations;  // 15.2 on
  std::optional<ClientState> state;
  Timestamp last_activity;
};

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
};

}  // namespace ganesha::dbus
