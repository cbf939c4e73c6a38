#include "layout.hpp"

namespace ganesha::dbus {
namespace {

constexpr std::string_view flat_protocols = "bbbbbbbb";

bool eat_protocols(std::string_view& text, EntryLayout& layout) {
  if (eat(text, flat_protocols)) {
    layout.flat = true;
    layout.protocols = flat_protocols.size();
    return true;
  }
  layout.connected = eat(text, "b");
  if (!eat(text, "(")) return false;
  while (eat(text, "(sb)")) ++layout.protocols;
  return layout.protocols > 0 && eat(text, ")");
}

}  // namespace

bool eat(std::string_view& text, std::string_view token) {
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}

std::optional<EntryLayout> parse_list_signature(std::string_view signature, std::string_view key) {
  EntryLayout layout;
  if (!eat(signature, "(tt)a(") || !eat(signature, key) || !eat_protocols(signature, layout))
    return std::nullopt;
  layout.operations = eat(signature, "t");
  layout.state = eat(signature, "(ststst)");
  if (signature != "(tt))") return std::nullopt;
  return layout;
}

}  // namespace ganesha::dbus
