#include "signature_parser.hpp"

namespace ganesha::dbus {
namespace {

constexpr std::string_view flat_protocols = "bbbbbbbb";

bool consume_protocols(std::string_view& text, EntryLayout& layout) {
  if (consume_prefix(text, flat_protocols)) {
    layout.flat = true;
    layout.protocols = flat_protocols.size();
    return true;
  }
  layout.connected = consume_prefix(text, "b");
  if (!consume_prefix(text, "(")) return false;
  while (consume_prefix(text, "(sb)")) ++layout.protocols;
  return layout.protocols > 0 && consume_prefix(text, ")");
}

}  // namespace

bool consume_prefix(std::string_view& text, std::string_view token) {
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}

std::optional<EntryLayout> parse_list_signature(std::string_view signature, std::string_view key) {
  EntryLayout layout;
  if (!consume_prefix(signature, "(tt)a(") || !consume_prefix(signature, key) ||
      !consume_protocols(signature, layout))
    return std::nullopt;
  layout.operations = consume_prefix(signature, "t");
  layout.state = consume_prefix(signature, "(ststst)");
  if (signature != "(tt))") return std::nullopt;
  return layout;
}

}  // namespace ganesha::dbus
