// The values that flags take, free of any flag library: each function reads one value of the command line.
// flags.cpp calls them; main.cpp listens on what a ListenAddress says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ganesha::exporter {

struct ListenAddress {
  std::string host;  ///< a name or an address without brackets; empty: every address of this machine
  std::uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};

/// `:19587`, `127.0.0.1:19587`, `[::1]:19587`, `localhost:19587`; port 0 lets the system choose.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

/// A whole decimal number in [low, high].
std::optional<unsigned> parse_number(std::string_view text, unsigned low, unsigned high);

/// A decimal fraction from 0.001 to 1.
std::optional<double> parse_ratio(std::string_view text);

/// Whether it can be a name on a bus that a service owns, such as org.ganesha.nfsd.
bool is_bus_name(std::string_view name);

/// Whether it has the form of a bus's address, transport:key=value; whether a bus is there shows later.
bool is_bus_address(std::string_view address);

/// Whether a page of our own can stand at `path`: it begins with /, is not / itself nor below /-/, which is
/// ours, and holds no character that means something else in a URL.
bool is_page_path(std::string_view path);

}  // namespace ganesha::exporter
