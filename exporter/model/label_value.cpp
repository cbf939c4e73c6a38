#include "exporter/model/label_value.hpp"

#include <cstdint>

namespace ganesha::exporter {
namespace {

// FNV-1a: the same in every build, so that a series keeps its name.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// `~` and the hash in hexadecimal digits.
std::string hash_mark(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string mark(digits.size(), '0');
  auto hash = hash_of(text);
  for (auto at = mark.rbegin(); at != mark.rend(); ++at, hash >>= 4) *at = digits[hash & 0xf];
  return "~" + mark;
}

// The longest beginning of at most `size` bytes that does not end within a UTF-8 character.
std::string_view beginning(std::string_view text, std::size_t size) {
  constexpr std::size_t longest_character = 4;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  auto end = size;
  while (size - end < longest_character && end > 0 && continues(end)) --end;
  return text.substr(0, continues(end) ? size : end);
}

}  // namespace

std::string label_value(std::string_view name) {
  if (name.size() <= longest_label) return std::string(name);
  const auto mark = hash_mark(name);
  return std::string(beginning(name, longest_label - mark.size())) + mark;
}

void cut_label(std::string& name) {
  if (name.size() > longest_label) name = label_value(name);
}

}  // namespace ganesha::exporter
