// The file of a listening unix socket: made for us, and removed when we stop listening.
#pragma once

#include <sys/types.h>

#include <boost/system/error_code.hpp>
#include <string>

namespace ganesha::exporter {

class UnixSocketFile {
 public:
  /// Binds the open `socket` to `path` and listens: its user and its group may connect. A socket there that
  /// nobody listens on is replaced. Waits up to 1 s for another that starts in the same directory. Errors:
  /// errc::address_in_use if somebody listens, errc::file_exists for another file.
  UnixSocketFile(int socket, std::string path, boost::system::error_code& ec);
  /// Removes the file, unless another one has taken its place.
  ~UnixSocketFile();
  UnixSocketFile(const UnixSocketFile&) = delete;
  UnixSocketFile& operator=(const UnixSocketFile&) = delete;

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;  // 0: there is nothing to remove
};

}  // namespace ganesha::exporter
