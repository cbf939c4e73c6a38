#include "exporter/web_config/access_section.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "exporter/base/duration.hpp"
#include "exporter/base/text.hpp"
#include "exporter/http/bcrypt.hpp"

namespace ganesha::exporter {
namespace {

constexpr std::size_t longest_header = 8'192;

struct AllowedHeader {
  std::string name;
  std::vector<std::string> values;  // none: any
};

const std::vector<AllowedHeader> allowed_headers{{"Content-Security-Policy", {}},
                                                 {"X-Frame-Options", {"deny", "sameorigin"}},
                                                 {"X-Content-Type-Options", {"nosniff"}},
                                                 {"X-XSS-Protection", {}},
                                                 {"Strict-Transport-Security", {}}};

void check_header(const YamlValue& value, const std::string& text, const AllowedHeader& header) {
  const auto& allowed = header.values;
  if (!allowed.empty() && std::ranges::find(allowed, text) == allowed.end())
    value.fail("it must be one of " + joined(allowed, ", "));
  // Else it could end the header and begin the next.
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }))
    value.fail("it must be one line without control characters");
  if (text.size() > longest_header) value.fail("it must not be longer than 8192 bytes");
}

// A header that is blank is not sent. One that has a list of values must have one of them, as in
// exporter-toolkit.
YamlValue::Readers header_readers(AccessSettings& into) {
  YamlValue::Readers readers;
  for (const auto& header : allowed_headers)
    readers[header.name] = [&](const YamlValue& value) {
      const std::string text = value.text();
      check_header(value, text, header);
      if (!text.empty()) into.headers.emplace_back(header.name, text);
    };
  return readers;
}

void read_interval(const YamlValue& value, RateLimit& into) {
  if (value.is_null()) return;
  const auto interval = parse_duration(value.text());
  if (!interval) value.fail("it must be a duration such as 200ms, 1s or 1m30s; 0 switches the limit off");
  into.interval = *interval;
}

}  // namespace

void read_http(const YamlValue& section, AccessSettings& into) {
  section.read({{"http2", [](const YamlValue& value) { value.flag(); }},
                {"headers", [&](const YamlValue& value) { value.read(header_readers(into)); }}});
}

// No error shows what stands there: it may be a password.
void read_users(const YamlValue& section, AccessSettings& into) {
  section.each([&](const std::string& user, const YamlValue& value) {
    const std::string hash = value.text();
    if (!usable_hash(hash)) value.fail("it must be " + std::string(usable_hash_form));
    if (user.find(':') != std::string::npos) value.fail("a user's name must not hold a colon");
    into.users.emplace(user, hash);
  });
}

void read_rate_limit(const YamlValue& section, AccessSettings& into) {
  constexpr unsigned most = 1'000'000;
  RateLimit limit;
  section.read({{"interval", [&](const YamlValue& value) { read_interval(value, limit); }},
                {"burst", [&](const YamlValue& value) { limit.burst = value.number(0, most); }}});
  if (limit.interval.count() > 0) into.rate_limit = limit;
}

}  // namespace ganesha::exporter
