// What has to be known of a ganesha.conf before the server is started. It is read, never written; what is
// wrong in it is the server's to tell. The supervisor reads it at each start.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ganesha {

// Of NFS_CORE_PARAM, with the server's defaults. EXPORT blocks can only narrow Protocols: what is listened on
// and registered at rpcbind follows from here alone (seen on 4.3).
struct Config {
  std::uint16_t nfs_port = 2049;
  std::string bind_address;  // empty: every address
  bool nfsv3 = true;
  bool nfsv4 = true;
  bool nlm = true;
  bool rquota = true;
  std::chrono::milliseconds heartbeat{1000};  // 0: off

  // Whether the server ends when it finds no rpcbind: NFSv3 is registered there, and RQUOTA with NFSv4 too.
  bool needs_rpcbind() const { return nfsv3 || rquota; }
};

// Reads `file` and what it includes. Throws std::runtime_error when it cannot be read.
Config read_config(const std::filesystem::path& file);

// The same of a text; `folder` is where its %include paths start.
Config parse_config(std::string_view text, const std::filesystem::path& folder);

}  // namespace ganesha
