#include "exporter/systemd/notify_socket.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace ganesha::exporter {
namespace {

boost::system::error_code error(int number) { return {number, boost::system::system_category()}; }

bool is_address(const std::string& text) {
  return text.size() > 1 && text.size() < sizeof(sockaddr_un::sun_path) &&
         (text.front() == '/' || text.front() == '@');
}

}  // namespace

NotifySocket::NotifySocket(const std::string& address) {
  if (!is_address(address)) return;
  address_.sun_family = AF_UNIX;
  std::ranges::copy(address, address_.sun_path);
  const bool named = address.front() == '/';
  if (!named) address_.sun_path[0] = '\0';
  length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size() + (named ? 1 : 0));
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

NotifySocket::~NotifySocket() {
  if (socket_ >= 0) close(socket_);
}

boost::system::error_code NotifySocket::send(const std::string& message) {
  if (length_ == 0) return error(EAFNOSUPPORT);
  if (socket_ < 0) return error(EBADF);
  const auto* to = reinterpret_cast<const sockaddr*>(&address_);
  const auto sent = sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL, to, length_);
  return sent < 0 ? error(errno) : boost::system::error_code();
}

}  // namespace ganesha::exporter
