// Calls that crash some servers after what one of their clients did; docs/calls.md has the evidence. Asked by
// the poll before it makes such a call.
#pragma once

#include <optional>
#include <string_view>

#include "dbus/records.hpp"

namespace ganesha::exporter {

// What the clients of a server did.
struct ClientsSeen {
  bool any = false;
  dbus::ProtocolSet used;  // by any of them; none where Enable_Fast_Stats keeps the server from noting it
};

// What makes `method` dangerous for a server of this version: the name of a protocol that a client used, or
// that the protocols are unknown. Nothing where the call is safe. A version that is not known counts as an
// old one.
std::optional<std::string_view> hazard_of(std::string_view method, std::string_view version,
                                          const ClientsSeen& clients);
// Whether it is safe whatever clients do.
bool always_safe(std::string_view method, std::string_view version);

}  // namespace ganesha::exporter
