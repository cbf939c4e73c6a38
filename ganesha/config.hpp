// The settings of a ganesha.conf that matter before the server is started. The file is only read; its errors
// are for the server to report. The supervisor reads it at each start and on SIGHUP.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ganesha {

// An EXPORT block. Its strings are bytes: they need not be UTF-8.
struct ConfiguredExport {
  std::optional<std::uint16_t> id;  // nothing: missing or no number; the server does not serve such an export
  std::string path;
  std::string pseudo;
  std::string tag;

  bool is_pseudo_root() const { return id == 0 || pseudo == "/"; }
  bool operator==(const ConfiguredExport&) const = default;
};

// The page of metrics that the server itself serves, from 5.0 on where it was compiled in.
struct Monitoring {
  std::optional<bool> enabled;               // nothing: not said; 5.0 to 6.x serve it, later ones do not
  std::optional<std::uint16_t> port = 9587;  // nothing: unknown
  std::string address = "0.0.0.0";

  bool operator==(const Monitoring&) const = default;
};

// NFS_CORE_PARAM with the server's defaults, and the EXPORT blocks. EXPORT blocks can only narrow Protocols:
// what is listened on and registered at rpcbind follows from NFS_CORE_PARAM alone (seen on 4.3).
struct Config {
  std::optional<std::uint16_t> nfs_port = 2049;  // 0: any; nothing: unknown
  bool nfsv3 = true;
  bool nfsv4 = true;
  bool nlm = true;
  bool rquota = true;
  std::chrono::milliseconds heartbeat{1000};  // 0: off
  std::string dbus_name_prefix;               // as it is written; empty: none
  Monitoring monitoring;
  std::vector<ConfiguredExport> exports;
  // There is more than one NFS_CORE_PARAM. Servers before 5.0 use the last, later ones the first; a value
  // that differs is unknown.
  bool several_cores = false;
  // What could not be read, one text each. If there are any, the rest may be incomplete.
  std::vector<std::string> unknown;

  // Whether the server ends when it finds no rpcbind: NFSv3 is registered there, and so is RQUOTA.
  bool needs_rpcbind() const { return nfsv3 || (rquota && nfsv4); }
  // Whether NFSv3 locks are served, which rpc.statd has to run for.
  bool needs_statd() const { return nfsv3 && nlm; }
};

// Reads `file` and its includes as the server does with -f `file` in this working directory.
// Throws std::runtime_error when it is no regular file, is too large or cannot be read.
Config read_config(const std::filesystem::path& file);

// A text for each export whose Path, Pseudo or Tag is not UTF-8: DBus cannot carry it, and a server whose
// exports are queried may crash (ShowExports of 4.3).
std::vector<std::string> exports_that_dbus_cannot_carry(const Config& config);

}  // namespace ganesha
