#include "exporter/site/host_check.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

#include "exporter/base/text.hpp"

namespace ganesha::exporter {
namespace {

using Words = std::vector<std::string>;

// Without the port; an IPv6 address without its brackets.
std::string_view host_of(std::string_view header) {
  if (header.starts_with('[')) return header.substr(1, header.find(']') - 1);
  return header.substr(0, header.find(':'));
}

// In small letters, without the dot that ends a name which is complete.
std::string normalized(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return to_lower(name);
}

bool is_ip_address(std::string_view host) {
  boost::system::error_code ec;
  boost::asio::ip::make_address(std::string(host), ec);
  return !ec;
}

bool covers(std::string_view allowed, std::string_view name) {
  if (allowed == "*") return true;
  return allowed.starts_with("*.") ? name.ends_with(allowed.substr(1)) : name == allowed;
}

// Those of each line, up to a comment.
std::vector<Words> words_by_line(const std::string& text) {
  std::vector<Words> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line.substr(0, line.find_first_of("#;")));
    lines.emplace_back(std::istream_iterator<std::string>(words), std::istream_iterator<std::string>());
  }
  return lines;
}

std::string text_of_file(const char* path) {
  std::ifstream in(path);
  constexpr std::size_t most = 1024 * 1024;
  std::string text(most, '\0');
  in.read(text.data(), static_cast<std::streamsize>(most));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

HostCheck::HostCheck(std::vector<std::string> names) : names_(std::move(names)) {
  names_.emplace_back("localhost");
  for (auto& name : names_) name = normalized(name);
}

bool HostCheck::accepts(std::string_view host) const {
  if (host.empty() || is_ip_address(host_of(host))) return true;
  const std::string name = normalized(host_of(host));
  return std::ranges::any_of(names_, [&](const auto& allowed) { return covers(allowed, name); });
}

std::vector<std::string> names_of(const MachineNames& from) {
  if (from.host_name.empty()) return {};
  const std::string brief = from.host_name.substr(0, from.host_name.find('.'));
  Words names{from.host_name, brief};
  for (const auto& line : words_by_line(from.hosts)) {
    const bool is_ours = std::ranges::find_first_of(line, Words{from.host_name, brief}) != line.end();
    if (is_ours) names.insert(names.end(), line.begin() + 1, line.end());
  }
  for (const auto& line : words_by_line(from.resolv_conf)) {
    if (line.empty() || (line.front() != "search" && line.front() != "domain")) continue;
    for (std::size_t i = 1; i < line.size(); ++i) names.push_back(brief + "." + line[i]);
  }
  return names;
}

MachineNames read_machine_names() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return {name.data(), text_of_file("/etc/hosts"), text_of_file("/etc/resolv.conf")};
}

}  // namespace ganesha::exporter
