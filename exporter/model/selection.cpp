#include "exporter/model/selection.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <variant>

#include "exporter/base/parse.hpp"
#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

namespace ip = boost::asio::ip;
using Network = std::variant<ip::network_v4, ip::network_v6>;

// A dual-stack listener reports IPv4 clients as IPv4-mapped addresses.
std::string_view without_mapping(std::string_view address) {
  constexpr std::string_view mapped = "::ffff:";
  if (address.starts_with(mapped)) address.remove_prefix(mapped.size());
  return address;
}

std::optional<ip::address> parse_address(std::string_view text) {
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  return error ? std::nullopt : std::optional(address);
}

Network network_of(const ip::address& address, unsigned v4, unsigned v6) {
  if (address.is_v4()) return ip::network_v4(address.to_v4(), static_cast<unsigned short>(v4)).canonical();
  return ip::network_v6(address.to_v6(), static_cast<unsigned short>(v6)).canonical();
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned longest = address->is_v4() ? 32 : 128;
  if (slash == text.size()) return network_of(*address, longest, longest);
  const auto length = parse_number(text.substr(slash + 1), 0, longest);
  if (!length) return std::nullopt;
  return network_of(*address, *length, *length);
}

// The networks of a list; nothing if one of its entries is not a network.
std::optional<std::vector<Network>> parse_networks(std::string_view text) {
  std::vector<Network> networks;
  for (const auto part : split(text, ',')) {
    const auto network = parse_network(part);
    if (!network) return std::nullopt;
    networks.push_back(*network);
  }
  return networks;
}

bool looks_like_an_address(std::string_view text) {
  if (text.empty() || text.front() == '/') return false;
  const auto dots = std::ranges::count(text, '.'), colons = std::ranges::count(text, ':');
  const bool digits = text.find_first_of("0123456789") != text.npos;
  return (dots >= 2 && digits) || colons >= 2 || (dots + colons > 0 && text.find('/') != text.npos);
}

// Whether a text is a list of networks with a mistake: as a regular expression it would match nothing.
bool is_meant_as_networks(std::string_view text) {
  if (text.find_first_not_of("0123456789abcdefABCDEF.:/, \t") != text.npos) return false;
  return std::ranges::any_of(split(text, ','),
                             [](std::string_view part) { return looks_like_an_address(trim(part)); });
}

bool contains(const Network& network, const ip::address& address) {
  if (const auto* v4 = std::get_if<ip::network_v4>(&network))
    return address.is_v4() && ip::network_v4(address.to_v4(), v4->prefix_length()).canonical() == *v4;
  const auto& v6 = std::get<ip::network_v6>(network);
  return address.is_v6() && ip::network_v6(address.to_v6(), v6.prefix_length()).canonical() == v6;
}

// A path may hold bytes that are not UTF-8: a dot matches each of them.
RE2::Options expression_options() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_dot_nl(true);
  options.set_log_errors(false);
  return options;
}

std::string to_text(const Network& network) {
  return std::visit([](const auto& one) { return one.to_string(); }, network);
}

template <class Entry, class Name>
std::size_t keep_latest_by(Name Entry::*name, std::size_t max, std::vector<Entry>& entries) {
  if (max == 0 || entries.size() <= max) return 0;
  const auto dropped = entries.size() - max;
  const auto goes_before = [name](const Entry& a, const Entry& b) {
    if (a.last_activity != b.last_activity) return a.last_activity > b.last_activity;
    return a.*name < b.*name;
  };
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(max);
  std::nth_element(entries.begin(), end, entries.end(), goes_before);
  entries.erase(end, entries.end());
  return dropped;
}

}  // namespace

struct Pattern::Impl {
  std::vector<Network> networks;  // where there is no expression
  std::optional<RE2> expression;
};

std::optional<Pattern> Pattern::parse(const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto impl = std::make_shared<Impl>();
  if (auto networks = parse_networks(text)) {
    impl->networks = std::move(*networks);
  } else {
    if (is_meant_as_networks(text)) return std::nullopt;
    impl->expression.emplace(text, expression_options());
    if (!impl->expression->ok()) return std::nullopt;
  }
  return Pattern(std::move(impl));
}

bool Pattern::matches(const std::string& text) const {
  if (impl_->expression) return RE2::FullMatch(text, *impl_->expression);
  const auto address = parse_address(text);
  return address && std::ranges::any_of(impl_->networks,
                                        [&](const auto& network) { return contains(network, *address); });
}

bool Filter::takes(const std::string& text) const {
  return (!include || include->matches(text)) && (!exclude || !exclude->matches(text));
}

std::optional<Aggregation> Aggregation::parse(std::string_view text) {
  constexpr unsigned usual_v6 = 64;
  const auto parts = split(text, ',');
  const auto length = [](std::string_view part, unsigned longest) {
    return part.starts_with('/') ? parse_number(part.substr(1), 0, longest) : std::nullopt;
  };
  const auto v4 = length(parts[0], 32);
  const auto v6 = parts.size() > 1 ? length(parts[1], 128) : usual_v6;
  if (!v4 || !v6 || parts.size() > 2) return std::nullopt;
  return Aggregation{*v4, *v6};
}

std::string ClientSelection::label(std::string_view address) const {
  address = without_mapping(address);
  const auto parsed = aggregation ? parse_address(address) : std::nullopt;
  return parsed ? to_text(network_of(*parsed, aggregation->v4, aggregation->v6)) : std::string(address);
}

bool ClientSelection::shows(const dbus::Client& client, dbus::Timestamp now) const {
  const auto idle = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(max_idle).count());
  // Without a recorded activity it is unknown how long the client has been idle.
  const auto last = client.last_activity.seconds;
  const bool idle_too_long = idle > 0 && last > 0 && last + idle < now.seconds;
  return !idle_too_long && filter.takes(std::string(without_mapping(client.address)));
}

std::size_t keep_latest(unsigned max, std::vector<dbus::Export>& exports) {
  return keep_latest_by(&dbus::Export::id, max, exports);
}

std::size_t keep_latest(unsigned max, std::vector<dbus::Client>& clients) {
  return keep_latest_by(&dbus::Client::address, max, clients);
}

}  // namespace ganesha::exporter
