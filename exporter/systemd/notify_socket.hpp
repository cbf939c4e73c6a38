// The socket on which the service manager hears from us. sd_notify() would block the loop while the manager
// does not read.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <boost/system/error_code.hpp>
#include <string>

namespace ganesha::exporter {

class NotifySocket {
 public:
  // `address` is a path, or a name with @ before it in place of a file.
  explicit NotifySocket(const std::string& address);
  ~NotifySocket();
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // One message, now or not at all.
  boost::system::error_code send(const std::string& message);

 private:
  int socket_ = -1;
  sockaddr_un address_{};
  socklen_t length_ = 0;  // 0: no address
};

}  // namespace ganesha::exporter
