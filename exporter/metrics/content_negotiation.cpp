#include "exporter/metrics/content_negotiation.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

struct Element {
  std::string name;  // lower case
  std::vector<std::pair<std::string, std::string>> parameters;
  double q = 1;
};

// Splits at `separator`, except inside double quotes, and trims the parts.
std::vector<std::string_view> split_unquoted(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool in_quotes = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') in_quotes = !in_quotes;
    if (text[i] != separator || in_quotes) continue;
    parts.push_back(trim(text.substr(start, i - start)));
    start = i + 1;
  }
  parts.push_back(trim(text.substr(start)));
  return parts;
}

std::string_view unquoted(std::string_view text) {
  const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

// 0 for an invalid value: such an element is ignored.
double parse_q(std::string_view text) {
  double q = 0;
  const bool plain = !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
  if (!plain || std::from_chars(text.data(), text.data() + text.size(), q).ptr != text.data() + text.size())
    return 0;
  return std::min(q, 1.0);
}

Element parse_element(std::string_view text) {
  const auto parts = split_unquoted(text, ';');
  Element element;
  element.name = to_lower(parts.front());
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    const auto equals = std::min(part->find('='), part->size());
    const std::string key = to_lower(trim(part->substr(0, equals)));
    const auto value = equals < part->size() ? unquoted(trim(part->substr(equals + 1))) : "";
    if (key == "q")
      element.q = parse_q(value);
    else
      element.parameters.emplace_back(key, to_lower(value));
  }
  return element;
}

std::vector<Element> parse(std::string_view header) {
  std::vector<Element> elements;
  for (const auto part : split_unquoted(header, ','))
    if (!part.empty()) elements.push_back(parse_element(part));
  return elements;
}

bool has_version(const Element& element, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : element.parameters)
    if (key == "version") return std::find(known.begin(), known.end(), value) != known.end();
  return true;
}

std::optional<Format> format_of(const Element& element) {
  if (element.name == "application/openmetrics-text" && has_version(element, {"1.0.0", "0.0.1"}))
    return Format::openmetrics;
  if (element.name == "text/plain" && has_version(element, {"0.0.4", "1.0.0"})) return Format::text;
  if (element.name == "*/*" || element.name == "text/*") return Format::text;
  return std::nullopt;
}

// Prometheus 3 may send the parameter more than once: the first known value is used.
std::string_view escaping_of(const Element& element) {
  for (const auto& [key, value] : element.parameters) {
    if (key != "escaping") continue;
    if (value == "allow-utf-8" || value == "underscores" || value == "values") return value;
  }
  return "underscores";
}

std::string content_type(Format format, std::string_view escaping) {
  std::string type = format == Format::openmetrics ? "application/openmetrics-text; version=1.0.0"
                                                   : "text/plain; version=0.0.4";
  return type.append("; charset=utf-8; escaping=").append(escaping);
}

}  // namespace

Negotiated negotiate(std::string_view accept) {
  Element best;
  best.q = 0;
  Format format = Format::text;
  for (Element& element : parse(accept)) {
    const auto candidate = format_of(element);
    if (!candidate || element.q <= best.q) continue;
    format = *candidate;
    best = std::move(element);
  }
  return {format, content_type(format, escaping_of(best))};
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  for (const Element& element : parse(accept_encoding)) {
    if (element.name == "gzip" || element.name == "x-gzip") return element.q > 0;
    if (element.name == "*") any = element.q > 0;
  }
  return any;
}

}  // namespace ganesha::exporter
