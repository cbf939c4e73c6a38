// Calls that crash some servers after what one of their clients did; docs/calls.md has the evidence.
// CollectContext checks it before such a call.
#pragma once

#include <optional>
#include <string_view>

#include "dbus/methods.hpp"
#include "dbus/records.hpp"

namespace ganesha::exporter {

// What the clients of a server did.
struct ClientsSeen {
  bool any = false;
  dbus::ProtocolSet used;  // by any of them; none where Enable_Fast_Stats keeps the server from recording it
};

// Why `method` is dangerous for a server of this version: the name of a protocol that a client used, or
// "unknown protocols". Nothing where the call is safe. An unknown version counts as an old one.
std::optional<std::string_view> hazard_of(const dbus::Method& method, std::string_view version,
                                          const ClientsSeen& clients);
// Whether it is safe whatever clients do.
bool always_safe(const dbus::Method& method, std::string_view version);

}  // namespace ganesha::exporter
