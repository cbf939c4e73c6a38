// The header Authorization, and hashes of passwords.
#include "exporter/http/credentials.hpp"

#include "exporter/base/text.hpp"
#include "exporter/http/bcrypt.hpp"
#include "fuzz.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::fuzz;

std::string base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const unsigned bits = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    for (unsigned shift = 18, left = 4; left > 0; --left, shift -= 6) out += digits[bits >> shift & 63U];
  }
  const std::size_t padding = (3 - text.size() % 3) % 3;
  out.replace(out.size() - padding, padding, padding, '=');
  return out;
}

void check_header(std::string_view header) {
  const auto found = parse_credentials(header);
  if (!found) return;
  expect(to_lower(header.substr(0, 6)) == "basic ", "another scheme has no password");
  expect(found->user.find(':') == found->user.npos, "a user ends at the first colon");
  expect((found->user + found->password).find('\0') == std::string::npos, "there is no zero byte");
  expect(trim(header.substr(6)) == base64(found->user + ':' + found->password),
         "there is one way to write it");
}

// As a client would send it.
void check_text(std::string_view text) {
  const auto found = parse_credentials("Basic " + base64(text));
  const auto colon = text.find(':');
  const bool can_be_sent = colon != text.npos && text.find('\0') == text.npos && base64(text).size() <= 4090;
  expect(found.has_value() == can_be_sent, "what has a colon and no zero byte is read");
  if (found)
    expect(found->user == text.substr(0, colon) && found->password == text.substr(colon + 1),
           "it is what was sent");
}

void check_hash(std::string_view text) {
  if (usable_hash(text)) expect(text.size() == 60 && is_one_line(text), "a hash has 60 characters");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = text_of(data, size);
  check_header(text);
  check_text(text);
  check_hash(text);
  return 0;
}
