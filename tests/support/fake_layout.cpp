#include "fake_layout.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace fake {
namespace {

constexpr std::array layouts{
    Layout{.name = "no-nfsio",
           .version = "2.1",
           .nfsio = false,
           .head_is_now = true,
           .client_latency = true,
           .queue_wait = true},
    Layout{.name = "2.5", .version = "2.5", .head_is_now = true, .client_latency = true, .queue_wait = true},
    Layout{.name = "2.7",
           .version = "2.7",
           .status_structs = 2,
           .head_is_now = true,
           .client_latency = true,
           .queue_wait = true},
    Layout{.name = "2.8", .version = "2.8", .status_structs = 5, .head_is_now = true, .client_latency = true},
    Layout{.name = "3.0", .version = "3.0", .status_structs = 5, .client_ops = true},
    Layout{.name = "3.5", .version = "3.5", .status_structs = 6, .client_ops = true},
    Layout{.name = "4.3",
           .version = "4.3",
           .marks = Marks::pairs_named_nmlv4,
           .status_structs = 6,
           .nfsv42_io = true,
           .ninep_io = true,
           .client_ops = true},
    Layout{.name = "5.9",
           .version = "5.9",
           .marks = Marks::pairs_named_nmlv4_without_9p,
           .status_structs = 6,
           .nfsv42_io = true,
           .client_ops = true},
    Layout{.name = "6.5",
           .version = "6.5",
           .marks = Marks::pairs,
           .status_structs = 6,
           .nfsv42_io = true,
           .client_ops = true,
           .read_requested = false,
           .states = true},
    Layout{.name = "15.2",
           .version = "15.2",
           .marks = Marks::pairs_without_9p,
           .status_structs = 6,
           .nfsv42_io = true,
           .client_ops = true,
           .states = true,
           .all_operations = true},
    Layout{.name = "every-method",
           .version = "15.2",
           .marks = Marks::pairs,
           .status_structs = 6,
           .nfsv42_io = true,
           .ninep_io = true,
           .client_ops = true,
           .states = true,
           .all_operations = true},
    Layout{.name = "newer",
           .version = "16.0",
           .marks = Marks::pairs_without_9p,
           .status_structs = 6,
           .nfsv42_io = true,
           .client_ops = true,
           .states = true,
           .all_operations = true,
           .connected = true},
};

}  // namespace

const Layout& layout_named(std::string_view name) {
  const auto* const found = std::ranges::find(layouts, name, &Layout::name);
  if (found == layouts.end()) throw std::invalid_argument("unknown layout: " + std::string(name));
  return *found;
}

const std::vector<const char*>& mark_names(const Layout& layout) {
  static const std::vector<const char*> full{"NFSv3",  "MNT",    "NLMv4",  "RQUOTA",
                                             "NFSv40", "NFSv41", "NFSv42", "9P"};
  static const std::vector<const char*> nmlv4{"NFSv3",  "MNT",    "NMLv4",  "RQUOTA",
                                              "NFSv40", "NFSv41", "NFSv42", "9P"};
  static const std::vector<const char*> without_9p(full.begin(), full.end() - 1);
  static const std::vector<const char*> nmlv4_without_9p(nmlv4.begin(), nmlv4.end() - 1);
  switch (layout.marks) {
    case Marks::pairs_named_nmlv4:
      return nmlv4;
    case Marks::pairs_named_nmlv4_without_9p:
      return nmlv4_without_9p;
    case Marks::pairs_without_9p:
      return without_9p;
    case Marks::booleans:
    case Marks::pairs:
      break;
  }
  return full;
}

std::string marks_signature(const Layout& layout) {
  if (layout.marks == Marks::booleans) return std::string(mark_names(layout).size(), 'b');
  std::string pairs;
  for (std::size_t i = 0; i < mark_names(layout).size(); ++i) pairs += "(sb)";
  return "(" + pairs + ")";
}

std::string client_entry_signature(const Layout& layout) {
  std::string signature = layout.connected ? "sb" : "s";
  signature += marks_signature(layout);
  if (layout.all_operations) signature += "t";
  if (layout.states) signature += "(ststst)";
  return signature + "(tt)";
}

std::string export_entry_signature(const Layout& layout) {
  return "qs" + marks_signature(layout) + (layout.all_operations ? "t(tt)" : "(tt)");
}

IoBlock as_told(const Layout& layout, Owner owner, Operation operation, IoBlock block) {
  if (owner == Owner::client && !layout.client_latency) block.latency_ns = 0;
  if (!layout.queue_wait) block.queue_wait_ns = 0;
  if (operation == Operation::read && !layout.read_requested) block.requested_bytes = 0;
  return block;
}

}  // namespace fake
