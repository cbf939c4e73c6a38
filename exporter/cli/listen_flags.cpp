// The flags of what the exporter listens on, and by which names browsers may ask for it.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "exporter/cli/flag_groups.hpp"
#include "exporter/cli/flag_kinds.hpp"
#include "exporter/cli/validators.hpp"

namespace ganesha::exporter {
namespace {

std::vector<ListenAddress> addresses_of(const std::string& flag, const std::vector<std::string>& texts) {
  auto words = words_of(texts);
  if (words.empty()) words = texts;
  std::vector<ListenAddress> addresses;
  for (const std::string& word : words) addresses.push_back(address_of(flag, word));
  return addresses;
}

void parse_listen_addresses(const std::vector<std::string>& texts, Options& options) {
  options.listen = addresses_of("--web.listen-address", texts);
  options.listen_from = AddressSource::environment;  // Until the command line is known to have it.
}

void add_listen_address(CLI::App& app, Options& options) {
  add_list(app,
           {"--web.listen-address", "ADDRESS",
            "Address and port to listen on, such as :19587, 127.0.0.1:19587 or [::1]:19587, or a unix socket "
            "such as unix:/run/http.sock. May be repeated; in the environment separated "
            "by spaces.",
            text_of(options.listen.front())},
           [&options](const std::vector<std::string>& texts) { parse_listen_addresses(texts, options); })
      ->envname(listen_variable);
}

void add_health_listen_address(CLI::App& app, Options& options) {
  add_list(app,
           {"--web.health-listen-address", "ADDRESS",
            "Further address that serves only /-/healthy and /-/ready, always without TLS and password, for "
            "probes. As --web.listen-address; may be repeated."},
           [&options](const std::vector<std::string>& texts) {
             options.health_listen = addresses_of("--web.health-listen-address", texts);
           });
}

void parse_allowed_hosts(const std::vector<std::string>& texts, Options& options) {
  options.allowed_hosts = words_of(texts);
  const auto wrong = std::ranges::find_if_not(options.allowed_hosts, is_allowed_host);
  if (wrong != options.allowed_hosts.end())
    throw CLI::ValidationError("--web.allowed-host", quote(*wrong) +
                                                         " is not a host name (such as nfs.example.com, "
                                                         "*.example.com, or * for any)");
}

void add_allowed_host(CLI::App& app, Options& options) {
  add_list(
      app,
      {"--web.allowed-host", "NAME",
       "Further name that the status page and its JSON may be asked for by, such as nfs.example.com or "
       "*.example.com; * for any. May be repeated. IP addresses, localhost and the names of this machine "
       "are always accepted."},
      [&options](const std::vector<std::string>& texts) { parse_allowed_hosts(texts, options); });
}

}  // namespace

void add_listeners(CLI::App& app, Options& options) {
  add_listen_address(app, options);
  add_switch(app, "--web.systemd-socket",
             "Listen on the sockets that the service manager passes (a .socket unit) instead of "
             "--web.listen-address.",
             options.systemd_sockets);
  add_health_listen_address(app, options);
  add_allowed_host(app, options);
}

}  // namespace ganesha::exporter
