// The flags of a connection to a running exporter, for --healthcheck and `top`.
#include <CLI/CLI.hpp>

#include "exporter/cli/flag_groups.hpp"
#include "exporter/cli/flag_kinds.hpp"

namespace ganesha::exporter {
namespace {

ExporterAddress exporter_address_of(const std::string& text) {
  const auto address = parse_exporter_address(text);
  if (!address)
    throw CLI::ValidationError("--exporter", quote(text) +
                                                 " is not an address (such as 127.0.0.1:19587, "
                                                 "https://fileserver:19587, "
                                                 "unix:/run/http.sock)");
  refuse_unusable("--exporter", text, address->at);
  return *address;
}

void add_address(CLI::App& app, ExporterToAsk& into) {
  add_value(app,
            {"--exporter", "ADDRESS",
             "Address of the running exporter, such as 127.0.0.1:19587, https://fileserver:19587 or "
             "unix:/run/http.sock.",
             "that of --web.listen-address, or of the exporter that runs as process 1 of this container"},
            {}, [&into](const std::string& text) {
              into.address = exporter_address_of(text);
              return true;
            });
}

}  // namespace

void add_exporter_to_ask(CLI::App& app, ExporterToAsk& into) {
  add_address(app, into);
  add_text(app,
           {"--exporter.ca-file", "FILE",
            "Certificates that the exporter's must be signed by, in PEM; or its own, if it is self-signed.",
            "those of the system"},
           into.ca_file);
  add_text(app, {"--exporter.cert-file", "FILE", "Certificate to show to the exporter, in PEM."},
           into.cert_file);
  add_text(app, {"--exporter.key-file", "FILE", "Its private key, in PEM."}, into.key_file);
  add_text(app, {"--exporter.username", "NAME", "User of the exporter's pages."}, into.username);
  add_text(app,
           {"--exporter.password-file", "FILE", "File with the password; a newline at its end is ignored."},
           into.password_file);
}

std::string fault_in(const ExporterToAsk& flags) {
  const bool tls = !flags.ca_file.empty() || !flags.cert_file.empty() || !flags.key_file.empty();
  if (flags.cert_file.empty() != flags.key_file.empty())
    return "--exporter.cert-file and --exporter.key-file need each other";
  if (flags.username.empty() != flags.password_file.empty())
    return "--exporter.username and --exporter.password-file need each other";
  if (tls && flags.address && flags.address->scheme == Scheme::http)
    return "--exporter.ca-file, --exporter.cert-file and --exporter.key-file need "
           "--exporter=https://HOST:PORT";
  return "";
}

}  // namespace ganesha::exporter
