// Ganesha's ExportMgr object: the exports and their counters.
#pragma once

#include "bus.hpp"
#include "decode.hpp"

namespace ganesha::dbus {

class ExportMgr {
 public:
  explicit ExportMgr(Bus& bus) : bus_(bus) {}

  // ShowExports.
  boost::asio::awaitable<result<ExportList>> show_exports();
  // GetNFSIO (2.2 on): the counters of every export and protocol in one call.
  boost::asio::awaitable<result<ExportIO>> get_io_stats();
  // GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO, by `protocol` (one of io_protocols).
  boost::asio::awaitable<result<BasicStats>> get_nfs_io(std::uint16_t export_id, Protocol protocol);
  // The call that it makes, for Bus::call_each(); decode_io() reads the reply.
  static Request nfs_io_request(std::uint16_t export_id, Protocol protocol);
  // StatusStats (2.7 on): which statistics are switched on. Servers built without NFSv3 leave one out.
  boost::asio::awaitable<result<std::vector<StatsSwitch>>> status(bool nfsv3_built);

 private:
  Bus& bus_;
};

}  // namespace ganesha::dbus
