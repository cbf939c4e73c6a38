#include "metrics_page.hpp"

#include <boost/asio/ip/address.hpp>

#include "ganesha/nfs_port.hpp"

namespace ganesha {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::tcp::endpoint> address_on(std::uint16_t port, std::vector<ListeningSocket> sockets) {
  std::erase_if(sockets, [port](const ListeningSocket& one) { return one.address.port() != port; });
  const auto addresses = reachable(sockets);
  return addresses.empty() ? std::nullopt : std::optional(addresses.front());
}

MetricsPage found_among(const std::vector<ListeningSocket>& sockets, const Monitoring& configured) {
  const auto usual = *Monitoring().port;
  const auto wanted = configured.port.value_or(usual);
  for (const auto port : {wanted, usual})
    if (const auto address = address_on(port, sockets)) return {address, {}};
  return {{}, "NFS-Ganesha does not listen on its Monitoring_Port, " + std::to_string(wanted)};
}

MetricsPage configured_page(const Monitoring& configured) {
  constexpr auto unseen = "; the sockets of NFS-Ganesha cannot be read in /proc";
  if (configured.enabled == false) return {{}, "Enable_Metrics is false"};
  if (!configured.port) return {{}, std::string("its Monitoring_Port is unknown") + unseen};
  boost::system::error_code error;
  const auto address = ip::make_address(configured.address, error);
  if (error) return {{}, "its Monitoring_Addr is not an address: " + configured.address + unseen};
  return {reachable({{{address, *configured.port}}}).front(), {}};
}

}  // namespace

MetricsPage find_metrics_page(const Monitoring& configured,
                              const std::optional<std::vector<ListeningSocket>>& sockets) {
  return sockets ? found_among(*sockets, configured) : configured_page(configured);
}

}  // namespace ganesha
