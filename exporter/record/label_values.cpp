#include "exporter/record/label_values.hpp"

#include <algorithm>

namespace ganesha::exporter {
namespace {

constexpr std::string_view of_names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

// The name at the end of the text, before =; empty if there is none.
std::string_view last_label(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \t=") + 1);
  return text.substr(text.find_last_not_of(of_names) + 1);
}

// The value at the begin of the line as the page has it, up to the closing quote.
std::string_view take_value(std::string_view& line) {
  std::size_t end = 0;
  while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
  const auto value = line.substr(0, end);
  line.remove_prefix(value.size());
  return value;
}

std::string unescape(std::string_view value) {
  std::string plain;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size())
      plain += value[i];
    else
      plain += value[++i] == 'n' ? '\n' : value[i];
  }
  return plain;
}

std::string escape(std::string_view plain) {
  std::string value;
  for (const char c : plain) {
    if (c == '\\' || c == '"') value += '\\';
    value += c == '\n' ? "\\n" : std::string(1, c);
  }
  return value;
}

std::string line_with(std::string_view line, const ReplaceValue& replace) {
  if (line.starts_with('#')) return std::string(line);
  std::string out;
  for (auto quote = line.find('"'); quote != line.npos; quote = line.find('"')) {
    const auto label = last_label(line.substr(0, quote));
    out += line.substr(0, quote + 1);
    line.remove_prefix(quote + 1);
    out += escape(replace(label, unescape(take_value(line))));
    out += line.substr(0, 1);
    line.remove_prefix(std::min<std::size_t>(1, line.size()));
  }
  return out.append(line);
}

}  // namespace

std::string replace_label_values(std::string_view page, const ReplaceValue& replace) {
  std::string out;
  while (!page.empty()) {
    const auto end = std::min(page.find('\n'), page.size());
    out += line_with(page.substr(0, end), replace);
    out += page.substr(end, 1);
    page.remove_prefix(std::min(end + 1, page.size()));
  }
  return out;
}

}  // namespace ganesha::exporter
