// ShowClients read a part at a time: of tens of thousands of clients the whole takes a tenth of a second, in
// which nobody else would be served. Used by decode.cpp and client_mgr.cpp.
#pragma once

#include <cstddef>
#include <optional>

#include "error.hpp"
#include "layout.hpp"
#include "message.hpp"
#include "records.hpp"

namespace ganesha::dbus {

class ClientListDecoder {
 public:
  explicit ClientListDecoder(const Message& reply);  // which outlives it

  // Reads on, this many clients at most. False when that was all.
  bool read(std::size_t clients);
  // The list; malformed_reply where the reply was none.
  result<ClientList> finish() &&;

 private:
  const Message& reply_;
  std::optional<EntryLayout> layout_;  // none: not a list of clients
  MessageReader in_;
  ClientList list_;
};

}  // namespace ganesha::dbus
