#include "exporter/asked_exporter.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "exporter/cli/init_flags.hpp"
#include "exporter/web_config/web_config.hpp"

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;

std::string password_in(const std::string& file) {
  constexpr std::size_t longest = 4096;
  std::ifstream in(file, std::ios::binary);
  std::string text(longest + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in.eof() && in.fail()) || !in.is_open())
    throw std::runtime_error("--exporter.password-file: cannot read " + file);
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > longest)
    throw std::runtime_error("--exporter.password-file: " + file + " must not be larger than " +
                             std::to_string(longest) + " bytes");
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

ClientSettings settings_at(const ListenAddress& address) {
  ClientSettings settings;
  settings.host = address.host;
  settings.port = address.port;
  settings.unix_path = address.path;
  return settings;
}

void add_flags(const ExporterToAsk& flags, ClientSettings& settings) {
  settings.ca_file = flags.ca_file;
  settings.cert_file = flags.cert_file;
  settings.key_file = flags.key_file;
  settings.username = flags.username;
  if (!flags.password_file.empty()) settings.password = password_in(flags.password_file);
}

// The certificate that the exporter has is known: it need not be for the name that it is asked by.
void use_tls(const TlsSettings& tls, const ExporterToAsk& flags, ClientSettings& settings) {
  if (demands_certificate(tls) && flags.cert_file.empty())
    throw std::runtime_error(
        "the exporter demands a client certificate: give --exporter.cert-file and --exporter.key-file");
  settings.scheme = Scheme::https;
  if (!flags.ca_file.empty()) return;
  settings.own_cert_file = tls.cert_file;
  settings.own_cert = tls.cert;
}

// After a refused reload the exporter still uses its old settings: the file tells only which scheme to try
// first.
Scheme likely_scheme(const fs::path& web_config_file) {
  try {
    return read_web_config(web_config_file).tls ? Scheme::https : Scheme::http;
  } catch (const std::exception&) {
    return Scheme::http;
  }
}

// The pages about health need no password.
ClientSettings settings_for_health(const Options& serving, const fs::path& directory,
                                   const ExporterToAsk& flags) {
  if (!serving.health_listen.empty()) return settings_at(serving.health_listen.front());
  ClientSettings settings = settings_at(serving.listen.front());
  settings.check = ServerCheck::nothing;
  settings.cert_file = flags.cert_file;
  settings.key_file = flags.key_file;
  if (!serving.web_config_file.empty()) settings.scheme = likely_scheme(directory / serving.web_config_file);
  return settings;
}

// Of an exporter that runs in `directory` with the flags `serving`.
ClientSettings settings_of(const Options& serving, const fs::path& directory, const ExporterToAsk& flags,
                           Question question) {
  if (question == Question::health) return settings_for_health(serving, directory, flags);
  ClientSettings settings = settings_at(serving.listen.front());
  add_flags(flags, settings);
  if (serving.web_config_file.empty()) return settings;
  const WebConfig config = read_web_config(directory / serving.web_config_file);
  if (config.tls) use_tls(*config.tls, flags, settings);
  return settings;
}

}  // namespace

AskedExporter asked_exporter(const Options& flags, Question question, const fs::path& process) {
  if (flags.ask.address) {
    ClientSettings settings = settings_at(flags.ask.address->at);
    settings.scheme = flags.ask.address->scheme;
    add_flags(flags.ask, settings);
    return {std::move(settings), ""};
  }
  const fs::path here;
  if (flags.listen_from == AddressSource::flag) return {settings_of(flags, here, flags.ask, question), ""};
  const InitFlags init = flags_of_init(process);
  const Options& serving = init.options ? *init.options : flags;
  const fs::path directory = init.options ? process / "cwd" : here;
  const std::string asking = "; asking " + text_of(serving.listen.front());
  return {settings_of(serving, directory, flags.ask, question),
          init.problem.empty() ? "" : init.problem + asking};
}

}  // namespace ganesha::exporter
