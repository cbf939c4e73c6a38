#include "exporter/http/listener.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <system_error>

namespace ganesha::exporter {
namespace asio = boost::asio;
using asio::generic::stream_protocol;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// The addresses to listen on. glibc names 127.0.0.1 twice where localhost is ::1 too: each one once.
std::vector<tcp::endpoint> resolve(const asio::any_io_executor& executor, const ListenAddress& address,
                                   error_code& ec) {
  if (address.host.empty())
    return {tcp::endpoint(tcp::v6(), address.port), tcp::endpoint(tcp::v4(), address.port)};
  std::vector<tcp::endpoint> found;
  tcp::resolver resolver(executor);
  const auto port = std::to_string(address.port);
  for (const auto& entry : resolver.resolve(address.host, port, tcp::resolver::passive, ec)) {
    if (std::find(found.begin(), found.end(), entry.endpoint()) == found.end())
      found.push_back(entry.endpoint());
  }
  return found;
}

// The accept loop takes several connections at once.
void start_listening(Listener::Acceptor& acceptor, error_code& ec) {
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) acceptor.non_blocking(true, ec);
}

// Null and `ec` on failure. `[::]` accepts IPv4 clients as well.
ListenerPtr open_tcp(const asio::any_io_executor& executor, const tcp::endpoint& endpoint, error_code& ec) {
  auto listener = std::make_shared<Listener>(executor);
  auto& acceptor = listener->acceptor;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec && endpoint.address().is_v6())
    acceptor.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  start_listening(acceptor, ec);
  return ec ? nullptr : listener;
}

// The errors of a host without IPv6.
bool family_missing(const error_code& ec) {
  return ec == asio::error::address_family_not_supported ||
         ec == boost::system::errc::address_not_available ||
         ec == boost::system::errc::protocol_not_supported;
}

std::vector<ListenerPtr> open_all_tcp(const asio::any_io_executor& executor, const ListenAddress& address,
                                      error_code& ec) {
  std::vector<ListenerPtr> opened;
  for (const auto& endpoint : resolve(executor, address, ec)) {
    if (auto listener = open_tcp(executor, endpoint, ec)) opened.push_back(std::move(listener));
    if (ec && !family_missing(ec)) return {};
    if (!ec && address.host.empty()) break;  // [::] takes IPv4 too
  }
  return opened;
}

std::vector<ListenerPtr> open_unix(const asio::any_io_executor& executor, const std::string& path,
                                   error_code& ec) {
  auto listener = std::make_shared<Listener>(executor);
  auto& acceptor = listener->acceptor;
  acceptor.open(stream_protocol(AF_UNIX, 0), ec);
  if (!ec) listener->file.emplace(acceptor.native_handle(), path, ec);
  if (!ec) acceptor.non_blocking(true, ec);
  if (ec) return {};
  return {listener};
}

ListenAddress ip_address_of(const stream_protocol::endpoint& endpoint) {
  tcp::endpoint ip;
  std::memcpy(ip.data(), endpoint.data(), std::min(endpoint.size(), ip.capacity()));
  return {ip.address().to_string(), ip.port()};
}

ListenAddress unix_address_of(const stream_protocol::endpoint& endpoint) {
  constexpr std::size_t before_path = offsetof(sockaddr_un, sun_path);
  const auto* const path = reinterpret_cast<const char*>(endpoint.data()) + before_path;
  const std::size_t most = std::max(endpoint.size(), before_path) - before_path;
  return {"", 0, std::string(path, strnlen(path, most))};
}

}  // namespace

void Listener::close() {
  error_code ignored;
  file.reset();
  acceptor.close(ignored);
}

ListenAddress Listener::address() const {
  const auto endpoint = acceptor.local_endpoint();
  return endpoint.data()->sa_family == AF_UNIX ? unix_address_of(endpoint) : ip_address_of(endpoint);
}

std::vector<ListenerPtr> open_listeners(const asio::any_io_executor& executor, const ListenAddress& address) {
  error_code ec;
  auto opened =
      address.path.empty() ? open_all_tcp(executor, address, ec) : open_unix(executor, address.path, ec);
  const bool other_file = ec == boost::system::errc::file_exists;
  if (opened.empty())
    throw std::system_error(
        ec, "cannot listen on " + text_of(address) + (other_file ? ", which is not a socket" : ""));
  return opened;
}

ListenerPtr adopt_listener(const asio::any_io_executor& executor, int descriptor) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  error_code ec;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &size) != 0)
    ec.assign(errno, boost::system::system_category());
  auto listener = std::make_shared<Listener>(executor);
  if (!ec) listener->acceptor.assign(stream_protocol(own.ss_family, 0), descriptor, ec);
  if (!ec) listener->acceptor.non_blocking(true, ec);
  if (ec) throw std::system_error(ec, "cannot use the socket with descriptor " + std::to_string(descriptor));
  return listener;
}

}  // namespace ganesha::exporter
