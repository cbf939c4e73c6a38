// A blocking HTTP client that sends and sees raw bytes, for tests of the server.
// Every read gives up after some seconds, so that a mute server fails a test and does not hang it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

namespace ganesha::test {

inline bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }
inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

class RawClient {
 public:
  RawClient() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  explicit RawClient(std::uint16_t port) : RawClient() { connect(port); }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connect(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// The bytes up to `mark` and with it; what came, when the server closes before.
  std::string read_to(std::string_view mark) {
    std::size_t at = 0;
    while ((at = received_.find(mark)) == std::string::npos && receive()) {
    }
    return take(at == std::string::npos ? received_.size() : at + mark.size());
  }

  std::string read(std::size_t count) {
    while (received_.size() < count && receive()) {
    }
    return take(std::min(count, received_.size()));
  }

  /// All until the server closes.
  std::string read_all() {
    while (receive()) {
    }
    return take(received_.size());
  }

  /// True when the server closes without another byte; false on data and on patience lost.
  bool sees_close() { return received_.empty() && !receive() && closed_; }

  /// One answer with its Content-Length's worth of body.
  std::string read_response() {
    std::string header = read_to("\r\n\r\n");
    constexpr std::string_view name = "Content-Length: ";
    const auto at = header.find(name);
    return at == header.npos ? header : header + read(std::stoul(header.substr(at + name.size())));
  }

  std::string get(const std::string& path) {
    send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
    return read_response();
  }

  /// Sends nothing more.
  void shutdown_send() { ::shutdown(fd_, SHUT_WR); }

  /// Appends what has come without waiting for more. False once the server has closed.
  bool append_available(std::string& bytes) {
    char part[16384];
    ssize_t got = 0;
    while ((got = ::recv(fd_, part, sizeof part, MSG_DONTWAIT)) > 0)
      bytes.append(part, static_cast<std::size_t>(got));
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  /// Lets close() reset the connection, as a killed client's kernel does.
  void reset_on_close() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

 private:
  bool receive() {
    char bytes[16384];
    const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
    closed_ = got == 0 || (got < 0 && errno == ECONNRESET);
    if (got > 0) received_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  std::string take(std::size_t count) {
    std::string front = received_.substr(0, count);
    received_.erase(0, count);
    return front;
  }

  int fd_;
  bool closed_ = false;
  std::string received_;
};

}  // namespace ganesha::test
