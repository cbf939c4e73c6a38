// Decodes ShowClients in parts: a reply with tens of thousands of clients takes a tenth of a second, during
// which the loop would serve nothing else. Used by decode.cpp and client_mgr.cpp.
#pragma once

#include <cstddef>
#include <optional>

#include "error.hpp"
#include "message.hpp"
#include "records.hpp"
#include "signature_parser.hpp"

namespace ganesha::dbus {

class ClientListDecoder {
 public:
  explicit ClientListDecoder(const Message& reply);  // which outlives it

  // Reads at most this many clients more. False when that was all.
  bool read(std::size_t clients);
  // The list; malformed_reply if the reply is not a list.
  result<ClientList> finish() &&;

 private:
  const Message& reply_;
  std::optional<EntryLayout> layout_;  // none: not a list of clients
  MessageReader in_;
  ClientList list_;
};

}  // namespace ganesha::dbus
