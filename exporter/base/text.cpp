#include "exporter/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <cstdint>

namespace ganesha::exporter {
namespace {

namespace utf = boost::locale::utf;

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

// Markup cannot hold it, not even escaped.
bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x7f || (byte < 0x20 && c != '\n' && c != '\t');
}

// With C1, which some terminals obey.
bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

std::string visible_character(char32_t c, std::string_view as_written) {
  if (!utf::is_valid_codepoint(c)) return "\uFFFD";
  if (!is_control(c) && !is_deceptive(c)) return std::string(as_written);
  const auto number = static_cast<std::uint32_t>(c);
  return number > 0xffff ? fmt::format("\\U{:08x}", number) : fmt::format("\\u{:04x}", number);
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (auto end = text.find(separator); end != text.npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) text += separator;
    text += part;
  }
  return text;
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower(c);
  return lower;
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() || part.empty();
}

std::string escape_markup(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto name = entity(c);
    if (!name.empty())
      escaped += name;
    else if (is_forbidden(c))
      escaped += "\uFFFD";
    else
      escaped += c;
  }
  return escaped;
}

bool is_deceptive(char32_t c) {
  return c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c >= 0xe0000;
}

std::string visible(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    auto next = text.begin();
    const char32_t c = utf::utf_traits<char>::decode(next, text.end());
    // A sequence that is broken ends at its first byte: what follows may be a character.
    const std::size_t length = utf::is_valid_codepoint(c) ? static_cast<std::size_t>(next - text.begin()) : 1;
    shown += visible_character(c, text.substr(0, length));
    text.remove_prefix(length);
  }
  return shown;
}

std::string escape_for_display(std::string_view text) { return escape_markup(visible(text)); }

bool is_utf8(std::string_view text) {
  constexpr unsigned char first_not_ascii = 0x80;
  for (auto next = text.begin(); next != text.end();) {
    if (static_cast<unsigned char>(*next) < first_not_ascii)
      ++next;
    else if (!utf::is_valid_codepoint(utf::utf_traits<char>::decode(next, text.end())))
      return false;
  }
  return true;
}

}  // namespace ganesha::exporter
