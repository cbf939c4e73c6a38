// The state of the server: its cache, its file descriptors, its duplicate request caches, its memory.
#include <initializer_list>

#include "decode_common.hpp"
#include "methods.hpp"
#include "signature_parser.hpp"

namespace ganesha::dbus {
namespace {

constexpr std::string_view mdcache_signature = "bs(tt)(st...)[(s[tus]...)]";
constexpr std::string_view fds_signature = "bs(tt)(s[tus]...)";
constexpr std::string_view drc_signature = "a(sssusu)(su)(su)bs";
constexpr std::string_view memory_list_signature = "bsa(sa(st))";
constexpr std::string_view memory_struct_signature = "bs(a(sa(st)))";  // by the introspection of 15.2
constexpr std::string_view memory_signature = "bsa(sa(st)) or bs(a(sa(st)))";

// Consumes a struct of labels, each with a number or a text.
bool consume_labelled(std::string_view& signature) {
  if (!consume_prefix(signature, "(s")) return false;
  while (consume_prefix(signature, "ts") || consume_prefix(signature, "us") ||
         consume_prefix(signature, "ss")) {
  }
  return consume_prefix(signature, "t)") || consume_prefix(signature, "u)") ||
         consume_prefix(signature, "s)");
}

bool is_mdcache(std::string_view signature) {
  if (!consume_prefix(signature, "bs(tt)") || !consume_labelled(signature)) return false;
  return signature.empty() || (consume_labelled(signature) && signature.empty());
}

bool is_labelled(std::string_view signature) {
  return consume_prefix(signature, "bs(tt)") && consume_labelled(signature) && signature.empty();
}

// The values of labels, looked up by label; remembers the first label that was missing.
class Labelled {
 public:
  using Labels = std::initializer_list<std::string_view>;  // the names that versions give the same value

  // Reads another struct.
  void read(MessageReader& in) {
    in.enter_struct();
    while (in.more()) read_entry(in);
    in.leave();
  }

  // Reads an array of structs, each with one label and its number.
  void read_array(MessageReader& in) {
    in.enter_array();
    while (in.more()) {
      in.enter_struct("st");
      read_entry(in);
      in.leave();
    }
    in.leave();
  }

  std::uint64_t number(Labels labels) { return find(labels).number; }
  std::string_view text(Labels labels) { return find(labels).text; }

  template <class T>
  result<T> finish(const MessageReader& in, T&& record) const {
    if (in.ok() && !missing_.empty())
      return Error{errc::malformed_reply, "the reply has no '" + std::string(missing_) + "'"};
    return dbus::finish(in, std::forward<T>(record));
  }

 private:
  struct Entry {
    std::string_view label;
    std::uint64_t number;
    std::string_view text;
  };

  void read_entry(MessageReader& in) {
    const auto label = trimmed(in.text(), " :");
    if (in.next_type() == 's')
      entries_.push_back({label, 0, in.text()});
    else
      entries_.push_back({label, read_number(in), {}});
  }

  Entry find(Labels labels) {
    for (const auto& entry : entries_)
      for (const auto label : labels)
        if (entry.label == label) return entry;
    if (missing_.empty()) missing_ = *labels.begin();
    return {};
  }

  std::vector<Entry> entries_;
  std::string_view missing_;
};

std::string_view fd_state(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> states[] = {
      {"Below Low Water Mark", "below_low"},
      {"Below High Water Mark", "below_high"},
      {"Above High Water Mark", "above_high"},
      {"Hard Limit reached", "hard_limit"},
  };
  const auto received = trimmed(text, " ");
  for (const auto& [words, state] : states)
    if (received == words) return state;
  return {};
}

void take_utilization(Labelled& labelled, MdCache& cache) {
  cache.entries = labelled.number({"LRU entries in use"});
  cache.chunks = labelled.number({"Chunks in use"});
  cache.fsal_fds = labelled.number({"FSAL opened FD count"});
  cache.system_limit = labelled.number({"System limit on FDs"});
  cache.fd_state = fd_state(labelled.text({"FD usage"}));
}

std::uint64_t read_labelled_number(MessageReader& in) {
  in.enter_struct("su");
  in.text();
  const auto number = in.u32();
  in.leave();
  return number;
}

// The entries of one client's cache.
std::uint64_t read_drc(MessageReader& in) {
  in.enter_struct("sssusu");
  in.skip("sssus");
  const auto entries = in.u32();
  in.leave();
  return entries;
}

// Sent as the bits of a signed number.
std::int64_t signed_number(std::uint64_t sent) { return static_cast<std::int64_t>(sent); }

result<MemoryUse> read_memory(MessageReader& in) {
  in.enter_struct("sa(st)");
  MemoryUse use;
  use.component = in.text();
  Labelled labelled;
  labelled.read_array(in);
  in.leave();
  use.allocations = labelled.number({"Lifetime_Alloc_Calls"});
  use.frees = labelled.number({"Lifetime_Free_Calls"});
  use.allocated_bytes = labelled.number({"Lifetime_Alloc_Bytes"});
  use.freed_bytes = labelled.number({"Lifetime_Freed_Bytes"});
  use.active_bytes = signed_number(labelled.number({"Current_Active_Bytes"}));
  use.peak_bytes = signed_number(labelled.number({"Peak_Active_Bytes"}));
  return labelled.finish(in, std::move(use));
}

}  // namespace

result<MdCache> decode_mdcache(const Message& reply) {
  MessageReader in(reply);
  if (auto error = check_head(reply, in, is_mdcache(reply.signature()), mdcache_signature))
    return *std::move(error);
  Labelled labelled;
  read_time(in);
  labelled.read(in);
  MdCache cache;
  cache.hits = labelled.number({"Cache Hits", "cache_hit"});
  cache.adds = labelled.number({"Cache Adds", "cache_added"});
  cache.mappings = labelled.number({"Cache Mapping", "cache_mapping"});
  if (in.more()) {
    labelled.read(in);
    take_utilization(labelled, cache);
  }
  return labelled.finish(in, std::move(cache));
}

result<FdUsage> decode_fd_usage(const Message& reply) {
  MessageReader in(reply);
  if (auto error = check_head(reply, in, is_labelled(reply.signature()), fds_signature))
    return *std::move(error);
  Labelled labelled;
  read_time(in);
  labelled.read(in);
  FdUsage usage;
  usage.system_limit = labelled.number({"System limit on FDs"});
  usage.low_mark = labelled.number({"FD Low WaterMark"});
  usage.high_mark = labelled.number({"FD High WaterMark"});
  usage.hard_limit = labelled.number({"FD Hard Limt", "FD Hard Limit"});
  usage.global_fds = labelled.number({"FSAL opened Global FD count"});
  usage.fd_state = fd_state(labelled.text({"FD usage"}));
  return labelled.finish(in, std::move(usage));
}

// Here the refusal comes last.
result<DrcInfo> decode_drc(const Message& reply) {
  if (reply.signature() != drc_signature) return malformed(reply, drc_signature);
  MessageReader in(reply);
  DrcInfo info;
  in.enter_array();
  while (in.more()) info.entries += read_drc(in);
  in.leave();
  info.drcs = read_labelled_number(in);
  info.inactive_drcs = read_labelled_number(in);
  std::string_view text;
  if (auto refused = read_refusal(in, text)) return *std::move(refused);
  return info;
}

result<std::vector<MemoryUse>> decode_memory(const Message& reply) {
  MessageReader in(reply);
  const bool in_struct = reply.signature() == memory_struct_signature;
  const bool known = in_struct || reply.signature() == memory_list_signature;
  if (auto error = check_head(reply, in, known, memory_signature)) return *std::move(error);
  std::vector<MemoryUse> components;
  if (in_struct) in.enter_struct();
  in.enter_array();
  while (in.more()) {
    auto use = read_memory(in);
    if (!use) return use.error();
    components.push_back(std::move(*use));
  }
  return finish(in, std::move(components));
}

}  // namespace ganesha::dbus
