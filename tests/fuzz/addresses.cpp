// Addresses: to listen on, of a bus, of networks. One address; of a network a second line is a client's
// address.
#include "exporter/base/exporter_address.hpp"
#include "exporter/base/listen_address.hpp"
#include "exporter/cli/bus_address.hpp"
#include "exporter/cli/validators.hpp"
#include "exporter/model/selection.hpp"
#include "exporter/site/host_check.hpp"
#include "fuzz.hpp"

namespace {

using namespace ganesha::exporter;
using namespace ganesha::fuzz;

void check_listen_address(std::string_view text) {
  const auto address = parse_listen_address(text);
  if (!address) return;
  expect(is_one_line(address->host), "a host holds no control character");
  expect(address->host.size() < text.size(), "a host is shorter than its address");
  expect(parse_listen_address(text_of(*address)) == address, "an address is read as it is written");
  lacks_zone(*address);
}

void check_exporter_address(std::string_view text) {
  const auto address = parse_exporter_address(text);
  if (!address) return;
  const bool is_url = text.starts_with("http://") || text.starts_with("https://");
  expect(is_url || address->scheme == Scheme::http, "only a URL chooses https");
  expect(!is_url || !address->at.host.empty(), "a URL has a host");
  const std::string scheme = address->scheme == Scheme::https ? "https://" : is_url ? "http://" : "";
  expect(parse_exporter_address(scheme + text_of(address->at)) == address,
         "an address is read as it is written");
}

void check_bus_address(std::string_view text) {
  const auto fault = fault_in_bus_address(text);
  expect(is_one_line(fault), "a fault is one line");
  if (!fault.empty()) return;
  expect(is_one_line(text), "an address holds no control character");
  expect(fault_in_bus_address(std::string(text) + ";unix:path=/run/bus").empty() || text.ends_with(";"),
         "a list of two valid addresses is valid");
}

void check_networks(const std::string& text, const std::string& address) {
  const auto pattern = Pattern::parse(text);
  if (pattern) pattern->matches(address);
  const auto aggregation = Aggregation::parse(text);
  if (!aggregation) return;
  expect(aggregation->v4 <= 32 && aggregation->v6 <= 128, "a prefix is no longer than its address");
  ClientSelection clients;
  const auto plain = clients.label(address);
  clients.aggregation = aggregation;
  const auto network = clients.label(address);
  if (network == plain) return;  // no address
  const auto of_label = Pattern::parse(network);
  expect(of_label && of_label->matches(plain), "the network of an address holds it");
}

void check_host(const std::string& host, const std::string& name) {
  if (!is_allowed_host(name)) return;
  const HostCheck check({name});
  const bool accepted = check.accepts(host);
  expect(check.accepts(host) == accepted && (name != "*" || accepted), "* allows every host");
}

void check_flags(std::string_view text) {
  if (is_bus_name(text)) expect(text.size() <= 255 && is_one_line(text), "a name is short and printable");
  if (is_bus_path(text)) expect(is_one_line(text), "a path is printable");
  if (is_page_path(text)) expect(text.starts_with('/') && is_one_line(text), "a path is printable");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = text_of(data, size);
  const auto address = take_until(rest, '\n');
  check_listen_address(address);
  check_exporter_address(address);
  check_bus_address(address);
  check_networks(std::string(address), std::string(rest));
  check_host(std::string(rest), std::string(address));
  check_flags(address);
  return 0;
}
