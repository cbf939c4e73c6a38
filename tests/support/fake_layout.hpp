// What one version of Ganesha sends: its wire layouts, its methods and what it does not measure.
// The methods' handlers ask it; a new version is one more row in fake_layout.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fake_model.hpp"

namespace fake {

enum class Marks { booleans, pairs, pairs_named_nmlv4, pairs_named_nmlv4_without_9p, pairs_without_9p };

struct Layout {
  std::string_view name;
  std::string_view version;  // VERSION_RELEASE
  Marks marks = Marks::booleans;
  int status_structs = 0;   // of StatusStats; 0: the method is missing
  bool nfsio = true;        // has GetNFSIO
  bool nfsv42_io = false;   // has GetNFSv42IO
  bool ninep_io = false;    // has Get9pIO: built with 9P
  bool client_ops = false;  // has GetClientIOops
  bool head_is_now = false;
  bool client_latency = false;
  bool queue_wait = false;
  bool read_requested = true;
  bool states = false;          // ShowClients: Open, Lock, Delegation
  bool all_operations = false;  // ShowClients, ShowExports: t after the protocols
  bool connected = false;       // ShowClients: b after the address
};

// Returns the layout of that name, and throws std::invalid_argument for an unknown one.
const Layout& layout_named(std::string_view name);

// The names that ShowClients and ShowExports mark, in their order on the wire.
const std::vector<const char*>& mark_names(const Layout& layout);

// The signatures of one entry of ShowClients and of ShowExports, without the outer parentheses.
std::string client_entry_signature(const Layout& layout);
std::string export_entry_signature(const Layout& layout);
std::string marks_signature(const Layout& layout);

// Leaves in a block what the version can tell of it; the rest is 0, as a real server sends it.
IoBlock as_told(const Layout& layout, Owner owner, Operation operation, IoBlock block);

}  // namespace fake
