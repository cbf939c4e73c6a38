#include "exporter/record/pseudonyms.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <iterator>
#include <optional>

#include "dbus/records.hpp"

namespace ganesha::exporter {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view mapped = "::ffff:";
constexpr std::string_view of_addresses = "0123456789abcdefABCDEF.:";
constexpr std::string_view ends_of_words = " \t\n'\"()<>,;=";

// Words of ShowClients, ShowExports and DisplayExport that name nobody.
bool is_word_of_ganesha(std::string_view text) {
  constexpr std::array words{"", "/", "*", "OK", "Open", "Lock", "Delegation", "<unknown>"};
  return std::ranges::find(words, text) != words.end() || dbus::parse_protocol(text).has_value();
}

// "10.0.0.1" of "::ffff:10.0.0.1".
std::string_view without_prefix(std::string_view text) {
  if (text.starts_with(mapped) && text.find('.') != text.npos) text.remove_prefix(mapped.size());
  return text;
}

std::optional<ip::address> parse_address(std::string_view text) {
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(without_prefix(text)), error);
  return error ? std::nullopt : std::optional(address);
}

// Of documentation and benchmarks: no site has these, or hardly one.
std::string example_v4(std::size_t number) {
  constexpr std::array<std::uint32_t, 3> networks{0xC0000200, 0xC6336400, 0xCB007100};
  constexpr std::uint32_t benchmarks = 0xC6120000;
  constexpr std::size_t hosts = 254;
  const auto host = static_cast<std::uint32_t>(number);
  if (number < networks.size() * hosts)
    return ip::address_v4(networks.at(number / hosts) + 1 + static_cast<std::uint32_t>(number % hosts))
        .to_string();
  return ip::address_v4(benchmarks + host).to_string();
}

std::string example_v6(std::size_t number) {
  ip::address_v6::bytes_type bytes{0x20, 0x01, 0x0d, 0xb8};
  auto rest = number + 1;
  for (std::size_t i = bytes.size(); rest > 0; rest >>= 8) bytes.at(--i) = static_cast<unsigned char>(rest);
  return ip::address_v6(bytes).to_string();
}

std::string example_path(std::size_t number) { return "/path/" + std::to_string(number + 1); }
std::string example_name(std::size_t number) { return "name-" + std::to_string(number + 1); }

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// How many of the first characters are an address, without the port or the comma behind it; 0: they are none.
std::size_t length_of_address(std::string_view text) {
  const auto run = text.substr(0, text.find_first_not_of(of_addresses));
  for (auto end = run.size(); end != run.npos && end > 0; end = run.find_last_of(".:", end - 1))
    if (parse_address(run.substr(0, end))) return end;
  return 0;
}

}  // namespace

std::string Pseudonyms::replace(Text kind, const std::string& text) {
  if (kind == Text::mixed) return replace_within(text);
  return is_word_of_ganesha(text) ? text : replace_name(text);
}

std::set<std::string> Pseudonyms::originals() const {
  std::set<std::string> names;
  for (const auto& [original, replaced] : known_) names.insert(original);
  return names;
}

// An address, a network, a path, or any other name.
std::string Pseudonyms::replace_name(const std::string& text) {
  if (text.starts_with('/')) return replace_path(text);
  const auto slash = text.find('/');
  const bool is_network = slash != text.npos && is_digits(std::string_view(text).substr(slash + 1));
  const auto address = is_network ? text.substr(0, slash) : text;
  if (parse_address(address)) return replace_address(address) + text.substr(address.size());
  return pseudonym(text, "name", example_name);
}

std::string Pseudonyms::replace_within(std::string_view text) {
  std::string out;
  bool begins_word = true;
  while (!text.empty()) {
    std::size_t length = 1;
    if (const auto address = begins_word ? length_of_address(text) : 0; address > 0) {
      length = address;
      out += replace_address(text.substr(0, length));
    } else if (begins_word && text.front() == '/') {
      length = length_of_path(text);
      out += replace_path(std::string(text.substr(0, length)));
    } else {
      out += text.front();
    }
    begins_word = ends_of_words.find(out.back()) != ends_of_words.npos;
    text.remove_prefix(length);
  }
  return out;
}

// A known path may hold blanks.
std::size_t Pseudonyms::length_of_path(std::string_view text) const {
  std::size_t longest = std::min(text.find_first_of(ends_of_words), text.size());
  for (const auto& known : paths_)
    if (text.starts_with(known)) longest = std::max(longest, known.size());
  return longest;
}

std::string Pseudonyms::replace_path(const std::string& path) {
  if (path == "/") return path;
  paths_.insert(path);
  return pseudonym(path, "path", example_path);
}

std::string Pseudonyms::replace_address(std::string_view text) {
  const auto address = parse_address(text);
  const auto plain = without_prefix(text);
  const auto prefix = text.substr(0, text.size() - plain.size());
  const auto make = address->is_v4() ? example_v4 : example_v6;
  return std::string(prefix) + pseudonym(address->to_string(), address->is_v4() ? "v4" : "v6", make);
}

std::string Pseudonyms::pseudonym(const std::string& original, std::string_view kind, const Make& make) {
  if (const auto found = known_.find(original); found != known_.end()) return found->second;
  auto& number = given_[std::string(kind)];
  std::string made = make(number++);
  while (taken_.contains(made)) made = make(number++);
  return known_[original] = made;
}

}  // namespace ganesha::exporter
