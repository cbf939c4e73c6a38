#include "config.hpp"

#include <algorithm>
#include <boost/locale/encoding_utf.hpp>
#include <charconv>
#include <limits>

#include "config_blocks.hpp"
#include "missing_exports.hpp"

namespace ganesha {
namespace {

constexpr unsigned protocol_nfsv3 = 1;
constexpr unsigned protocol_nfsv4 = 2;
constexpr unsigned protocol_other = 4;  // 9P, RDMA, vsock
constexpr unsigned default_protocols = protocol_nfsv3 | protocol_nfsv4;

// A number as the server reads it: never quoted; decimal, 0x5000 or 047040; ~ gives the complement. Anything
// else, and what is out of range, is no number.
template <class Number>
std::optional<Number> number(const ConfigStatement& statement,
                             Number most = std::numeric_limits<Number>::max()) {
  const auto& value = statement.values.front();
  std::string_view text = value.text;
  if (value.quoted || statement.values.size() > 1) return std::nullopt;
  const bool complement = text.starts_with('~');
  if (complement) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  const int base = hexadecimal ? 16 : text.starts_with('0') ? 8 : 10;
  Number result{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (complement) result = static_cast<Number>(~result);
  return result <= most ? std::optional(result) : std::nullopt;
}

// Nothing for any other word.
std::optional<bool> flag(const ConfigStatement& statement) {
  const auto word = lower(statement.values.front().text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

// Nothing for a name that the server does not know.
std::optional<unsigned> protocol_of(const std::string& name) {
  if (name == "3" || name == "v3" || name == "nfs3" || name == "nfsv3") return protocol_nfsv3;
  if (name == "4" || name == "v4" || name == "nfs4" || name == "nfsv4") return protocol_nfsv4;
  if (name == "9p" || name == "nfsrdma" || name == "rpcrdma" || name == "nfsvsock") return protocol_other;
  return name == "none" ? std::optional(0U) : std::nullopt;
}

// A list with an unknown name counts as an empty one.
unsigned protocols_of(const ConfigStatement& statement) {
  unsigned protocols = 0;
  for (const auto& value : statement.values) {
    const auto one = protocol_of(lower(value.text));
    if (!one) return 0;
    protocols |= *one;
  }
  return protocols;
}

// A statement replaces the defaults and adds to anything else.
void take_protocols(const ConfigBlock& block, std::string_view key, unsigned& protocols) {
  for (const auto& statement : block.statements) {
    if (statement.key != key) continue;
    if (protocols == default_protocols) protocols = 0;
    protocols |= protocols_of(statement);
  }
}

void take(const ConfigStatement& statement, Monitoring& monitoring) {
  const auto& [key, values] = statement;
  if (key == "enable_metrics") monitoring.enabled = flag(statement);
  if (key == "monitoring_port") monitoring.port = number<std::uint16_t>(statement);
  if (key == "monitoring_addr") monitoring.address = values.front().text;
}

void take(const ConfigStatement& statement, Config& config) {
  const auto& [key, values] = statement;
  if (key == "nfs_port") config.nfs_port = number<std::uint16_t>(statement);
  if (key == "enable_nlm") config.nlm = flag(statement).value_or(config.nlm);
  if (key == "enable_rquota") config.rquota = flag(statement).value_or(config.rquota);
  if (key == "dbus_name_prefix") config.dbus_name_prefix = values.front().text;
  if (key == "heartbeat_freq")
    config.heartbeat = std::chrono::milliseconds(number<std::uint32_t>(statement, 5000).value_or(1000));
  take(statement, config.monitoring);
}

// If there are several, each starts from the defaults; only Protocols is carried over.
Config core_of(const ConfigBlock& block, unsigned& protocols) {
  Config config;
  protocols |= default_protocols;
  take_protocols(block, "nfs_protocols", protocols);
  take_protocols(block, "protocols", protocols);
  config.nfsv3 = (protocols & protocol_nfsv3) != 0;
  config.nfsv4 = (protocols & protocol_nfsv4) != 0;
  for (const auto& statement : block.statements) take(statement, config);
  return config;
}

// The last block counts for servers before 5.0, the first one since then. What differs is unknown; rpcbind is
// needed if one of them needs it.
Config agreed(const Config& first, Config last) {
  if (first.nfs_port != last.nfs_port) last.nfs_port.reset();
  if (!last.needs_rpcbind() && first.needs_rpcbind()) {
    last.nfsv3 = first.nfsv3;
    last.rquota = first.rquota;
  }
  if (first.heartbeat.count() == 0) last.heartbeat = first.heartbeat;
  if (first.monitoring != last.monitoring) last.monitoring.port.reset();
  last.several_cores = true;
  return last;
}

Config core_of(const std::vector<ConfigBlock>& blocks) {
  unsigned protocols = 0;
  std::optional<Config> first;
  Config last;
  std::size_t count = 0;
  for (const auto& block : blocks) {
    if (block.name != "nfs_core_param") continue;
    last = core_of(block, protocols);
    if (++count == 1) first = last;
  }
  return count > 1 ? agreed(*first, std::move(last)) : last;
}

ConfiguredExport export_of(const ConfigBlock& block) {
  ConfiguredExport one;
  for (const auto& statement : block.statements) {
    const auto& text = statement.values.front().text;
    if (statement.key == "export_id") one.id = number<std::uint16_t>(statement);
    if (statement.key == "path") one.path = text;
    if (statement.key == "pseudo") one.pseudo = text;
    if (statement.key == "tag") one.tag = text;
  }
  return one;
}

bool is_utf8(const std::string& text) {
  namespace conv = boost::locale::conv;
  try {
    conv::utf_to_utf<char>(text.data(), text.data() + text.size(), conv::stop);
  } catch (const conv::conversion_error&) {
    return false;
  }
  return true;
}

}  // namespace

Config read_config(const std::filesystem::path& file) {
  ConfigTokens tokens(file.string());
  const auto blocks = config_blocks(tokens, {"nfs_core_param", "export"});
  Config config = core_of(blocks);
  for (const auto& block : blocks)
    if (block.name == "export") config.exports.push_back(export_of(block));
  config.unknown = tokens.unknown();
  return config;
}

std::vector<std::string> exports_that_dbus_cannot_carry(const Config& config) {
  std::vector<std::string> texts;
  const auto check = [&texts](const ConfiguredExport& one, const char* key, const std::string& value) {
    if (!is_utf8(value)) texts.push_back(std::string(key) + " of export " + name_of(one) + " is not UTF-8");
  };
  for (const auto& one : config.exports) {
    check(one, "Path", one.path);
    check(one, "Pseudo", one.pseudo);
    check(one, "Tag", one.tag);
  }
  return texts;
}

}  // namespace ganesha
