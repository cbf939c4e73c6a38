#include "listening_sockets.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

namespace ganesha {
namespace {

namespace fs = std::filesystem;
namespace ip = boost::asio::ip;

constexpr std::string_view listening = "0A";

template <class Number>
std::optional<Number> number(std::string_view text, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The kernel writes each word of an address, which it holds in network order, as a number of its own order.
template <class Address>
std::optional<ip::address> address(std::string_view digits) {
  typename Address::bytes_type bytes;
  for (std::size_t word = 0; word * 4 < bytes.size(); ++word) {
    const auto value = number<std::uint32_t>(digits.substr(word * 8, 8), 16);
    if (!value) return std::nullopt;
    std::memcpy(bytes.data() + word * 4, &*value, 4);
  }
  return Address(bytes);
}

std::optional<ip::tcp::endpoint> endpoint(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  const auto digits = text.substr(0, colon);
  const auto port = number<std::uint16_t>(text.substr(colon + 1), 16);
  std::optional<ip::address> found;
  if (digits.size() == 8) found = address<ip::address_v4>(digits);
  if (digits.size() == 32) found = address<ip::address_v6>(digits);
  if (!port || !found) return std::nullopt;
  return ip::tcp::endpoint(*found, *port);
}

// Words: number, local address, remote address, state, queues, timers, retransmits, user, timeout, inode.
std::optional<ListeningSocket> parse_line(const std::string& line) {
  std::istringstream stream(line);
  const std::vector<std::string> words(std::istream_iterator<std::string>(stream), {});
  if (words.size() < 10 || words[3] != listening) return std::nullopt;
  const auto local = endpoint(words[1]);
  const auto inode = number<std::uint64_t>(words[9], 10);
  if (!local || !inode) return std::nullopt;
  return ListeningSocket{*local, *inode};
}

// Of a descriptor's link "socket:[4711]".
std::optional<std::uint64_t> socket_inode(std::string_view link) {
  constexpr std::string_view prefix = "socket:[";
  if (!link.starts_with(prefix) || !link.ends_with("]")) return std::nullopt;
  return number<std::uint64_t>(link.substr(prefix.size(), link.size() - prefix.size() - 1), 10);
}

// Root may list another process's descriptors and yet not read where they lead. One that has just been closed
// is no obstacle.
std::optional<std::set<std::uint64_t>> socket_inodes(const fs::path& process) {
  std::error_code error;
  std::set<std::uint64_t> inodes;
  fs::directory_iterator descriptor(process / "fd", error);
  for (; !error && descriptor != fs::directory_iterator(); descriptor.increment(error)) {
    std::error_code unread;
    const std::string link = fs::read_symlink(descriptor->path(), unread);
    if (unread == std::errc::permission_denied) return std::nullopt;
    if (const auto inode = socket_inode(link)) inodes.insert(*inode);
  }
  if (error) return std::nullopt;
  return inodes;
}

// The kernel lists them first: the connections, which may be very many, are not read.
std::optional<std::string> listening_part(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream.is_open()) return std::nullopt;
  std::string part, line;
  std::getline(stream, line);
  while (std::getline(stream, line) && line.find(" 0A ") != line.npos) part += line + '\n';
  return part;
}

}  // namespace

std::vector<ListeningSocket> parse_listening_sockets(std::string_view table) {
  std::vector<ListeningSocket> sockets;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);)
    if (const auto socket = parse_line(line)) sockets.push_back(*socket);
  return sockets;
}

std::optional<std::vector<ListeningSocket>> listening_sockets(pid_t pid) {
  const auto process = fs::path("/proc") / std::to_string(pid);
  const auto inodes = socket_inodes(process);
  const auto ipv4 = listening_part(process / "net/tcp");
  if (!inodes || !ipv4) return std::nullopt;
  // A kernel without IPv6 has no tcp6.
  auto sockets = parse_listening_sockets(*ipv4 + listening_part(process / "net/tcp6").value_or(""));
  std::erase_if(sockets, [&](const auto& socket) { return !inodes->contains(socket.inode); });
  return sockets;
}

}  // namespace ganesha
