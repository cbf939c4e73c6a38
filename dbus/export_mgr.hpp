// Ganesha's ExportMgr object: the exports and their counters.
#pragma once

#include "bus.hpp"
#include "decode_details.hpp"
#include "decode_server.hpp"

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

  // GetGlobalOPS.
  boost::asio::awaitable<result<std::vector<ProtocolOperations>>> global_operations();
  // GetFastOPS.
  boost::asio::awaitable<result<std::vector<ProcedureCalls>>> procedure_calls();
  // GetFULLV3Stats, GetFULLV4Stats (2.7.4 on).
  boost::asio::awaitable<result<std::vector<TimedProcedure>>> timed_v3_procedures();
  boost::asio::awaitable<result<std::vector<TimedProcedure>>> timed_v4_procedures();
  // GetAuthStats (2.8.1 on).
  boost::asio::awaitable<result<std::vector<AuthRequests>>> auth();
  // GetFSALStats (2.6 on) of a FSAL such as "GPFS"; refused by those that keep none.
  boost::asio::awaitable<result<FsalStats>> fsal(std::string name);
  // ShowMDCache (5.0 on) where `renamed`, else ShowCacheInode.
  boost::asio::awaitable<result<MdCache>> mdcache(bool renamed);
  // ShowFDUsage (6.0 on): the server logs a line for each NFSv4 client.
  boost::asio::awaitable<result<FdUsage>> fd_usage();

  // GetExportDetails (3.0 on).
  boost::asio::awaitable<result<Details>> details(std::uint16_t export_id);
  static Request details_request(std::uint16_t export_id);  // for decode_details()
  // GetNFSv41Layouts, GetNFSv42Layouts (4.0 on), by `protocol`.
  boost::asio::awaitable<result<Layouts>> layouts(std::uint16_t export_id, Protocol protocol);
  static Request layouts_request(std::uint16_t export_id, Protocol protocol);  // for decode_layouts()
  // DisplayExport; an unknown id is errc::failed.
  boost::asio::awaitable<result<ExportInfo>> export_info(std::uint16_t export_id);
  static Request export_info_request(std::uint16_t export_id);  // for decode_export_info()

 private:
  Bus& bus_;
};

}  // namespace ganesha::dbus
