#include "exporter/http/unix_socket_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

namespace ganesha::exporter {
using boost::system::error_code;
namespace errc = boost::system::errc;

namespace {

constexpr mode_t user_and_group = 0660;

error_code last_error() { return {errno, boost::system::system_category()}; }

// Of those that start in one directory at once, one at a time looks for a stale socket and makes its own:
// else each could take the other's new one for stale. Where the directory cannot be locked, or somebody keeps
// the lock, we go on without it.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::filesystem::path& directory)
      : descriptor_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    constexpr int attempts = 100;
    constexpr std::chrono::milliseconds pause{10};
    for (int i = 0; i < attempts && is_taken(); ++i) std::this_thread::sleep_for(pause);
  }
  ~DirectoryLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  // Takes it if it is free.
  bool is_taken() const { return ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; }

  int descriptor_;
};

std::filesystem::path directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent;
}

sockaddr_un socket_address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

// The file gets the mode of the socket, less the umask: it is never open to others. Nothing is done to the
// path, where others may put a link meanwhile. The umask is that of all threads, for a moment: the others
// create no files that need more.
error_code bind_to(int socket, const std::string& path) {
  const sockaddr_un address = socket_address_of(path);
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  if (::fchmod(socket, user_and_group) != 0) return last_error();
  const mode_t before = ::umask(0777 & ~user_and_group);
  const error_code ec = ::bind(socket, generic, sizeof address) == 0 ? error_code() : last_error();
  ::umask(before);
  return ec;
}

// What answers at `path`; connection_refused: nothing.
error_code connect_to(const std::string& path) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0) return last_error();
  const sockaddr_un address = socket_address_of(path);
  const bool connected = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const error_code ec = connected ? error_code() : last_error();
  ::close(probe);
  return ec;
}

// Removes a socket that nobody listens on, and nothing else.
error_code remove_stale(const std::string& path) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) return last_error();
  if (!S_ISSOCK(file.st_mode)) return errc::make_error_code(errc::file_exists);
  const error_code answer = connect_to(path);
  if (answer == errc::permission_denied) return answer;
  if (answer != errc::connection_refused) return errc::make_error_code(errc::address_in_use);
  return ::unlink(path.c_str()) == 0 ? error_code() : last_error();
}

}  // namespace

UnixSocketFile::UnixSocketFile(int socket, std::string path, error_code& ec) : path_(std::move(path)) {
  const DirectoryLock lock(directory_of(path_));
  ec = bind_to(socket, path_);
  if (ec == errc::address_in_use) {
    ec = remove_stale(path_);
    if (!ec) ec = bind_to(socket, path_);
  }
  if (ec) return;
  struct stat file {};
  if (::lstat(path_.c_str(), &file) != 0) {
    ec = last_error();
    return;
  }
  device_ = file.st_dev;
  inode_ = file.st_ino;
  if (::listen(socket, SOMAXCONN) != 0) ec = last_error();
}

UnixSocketFile::~UnixSocketFile() {
  struct stat file {};
  const bool is_there = inode_ != 0 && ::lstat(path_.c_str(), &file) == 0;
  if (is_there && file.st_dev == device_ && file.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace ganesha::exporter
