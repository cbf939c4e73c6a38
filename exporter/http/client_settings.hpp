// How HttpClient reaches a running exporter: what the flags of --healthcheck and `top` say.
#pragma once

#include <cstdint>
#include <string>

#include "exporter/base/exporter_address.hpp"

namespace ganesha::exporter {

/// What of the server's certificate is checked.
enum class ServerCheck {
  all,
  nothing,  ///< for a server on this machine that is sent nothing secret
};

/// Of the PEM files, `cert_file` and `key_file` are given together or not at all.
struct ClientSettings {
  Scheme scheme = Scheme::http;
  ServerCheck check = ServerCheck::all;
  std::string host;         ///< a name or an address without brackets; empty: this machine
  std::uint16_t port = 0;   ///< of TCP
  std::string unix_path;    ///< not empty: a unix socket instead of `host` and `port`
  std::string server_name;  ///< what the server's certificate must be for; empty: `host`
  std::string ca_file;      ///< whom to trust; empty: the system's CAs
  /// The server's own certificate, where it is known, as a file or as text: it is trusted alone, for any name
  /// and also when it is too old. Not together with `ca_file`.
  std::string own_cert_file, own_cert;
  std::string cert_file;  ///< shown to the server if it asks
  std::string key_file;
  std::string username;  ///< of basic auth; empty: none
  std::string password;
  bool operator==(const ClientSettings&) const = default;
};

}  // namespace ganesha::exporter
