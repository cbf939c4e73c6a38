#include "nfs_port.hpp"

#include <algorithm>
#include <sstream>

#include "ganesha/null_call.hpp"

namespace ganesha {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds null_call_timeout{2};
// Ganesha's built-in metrics and 9P.
constexpr std::uint16_t others[] = {9587, 564};

}  // namespace

std::vector<ListeningSocket> nfs_candidates(std::vector<ListeningSocket> sockets,
                                            std::optional<std::uint16_t> configured_port) {
  const auto configured = [=](const ListeningSocket& one) { return one.address.port() == configured_port; };
  const auto other = [](const ListeningSocket& one) {
    return std::find(std::begin(others), std::end(others), one.address.port()) != std::end(others);
  };
  if (std::any_of(sockets.begin(), sockets.end(), configured))
    std::erase_if(sockets, std::not_fn(configured));
  else
    std::erase_if(sockets, other);
  return sockets;
}

std::vector<tcp::endpoint> reachable(const std::vector<ListeningSocket>& sockets) {
  std::vector<tcp::endpoint> addresses;
  for (const auto& [address, inode] : sockets) {
    const auto ip = address.address();
    if (!ip.is_unspecified()) addresses.push_back(address);
    if (ip.is_unspecified() && ip.is_v6())
      addresses.emplace_back(asio::ip::address_v6::loopback(), address.port());
    if (ip.is_unspecified()) addresses.emplace_back(asio::ip::address_v4::loopback(), address.port());
  }
  return addresses;
}

NfsPort::NfsPort(dbus::Clock& clock, const Config& config)
    : clock_(clock),
      configured_port_(config.nfs_port),
      versions_(config.nfsv4 ? std::vector{4U, 3U} : std::vector{3U, 4U}) {}

void NfsPort::find(pid_t pid) {
  const auto sockets = listening_sockets(pid);
  readable_ = sockets.has_value();
  if (sockets) addresses_ = reachable(nfs_candidates(*sockets, configured_port_));
}

asio::awaitable<NfsPort::Answer> NfsPort::ask() {
  if (!known()) co_return Answer::unknown;
  const auto addresses = addresses_;
  for (const auto& address : addresses) {
    const bool answered = co_await answers(address);
    if (!answered) continue;
    // From now on this one is enough.
    addresses_ = {address};
    co_return Answer::yes;
  }
  co_return Answer::none;
}

// A version that is not served is refused at once.
asio::awaitable<bool> NfsPort::answers(tcp::endpoint address) {
  const auto deadline = clock_.now() + null_call_timeout;
  bool answered = false;
  for (const auto version : versions_)
    if (!answered && clock_.now() < deadline)
      answered = co_await answers_null_call(address, version, deadline);
  co_return answered;
}

std::string NfsPort::text() const {
  if (!known() && !readable_) return "its sockets cannot be read in /proc";
  if (!known()) return "it listens on no TCP socket that may be NFS";
  std::ostringstream text;
  for (const auto& address : addresses_) text << (text.tellp() > 0 ? ", " : "") << address;
  return text.str();
}

}  // namespace ganesha
