// Ganesha's ExportMgr object, for programs that use the library: the exports and their reads and writes.
#pragma once

#include "ask.hpp"

namespace ganesha::dbus {

class ExportMgr {
 public:
  explicit ExportMgr(Bus& bus) : bus_(bus) {}

  // ShowExports.
  boost::asio::awaitable<result<ExportList>> show_exports() { return ask(bus_, methods::show_exports()); }
  // GetNFSIO (2.2 on): the counters of every export and protocol in one call.
  boost::asio::awaitable<result<ExportIO>> get_io_stats() { return ask(bus_, methods::get_nfs_io()); }

 private:
  Bus& bus_;
};

}  // namespace ganesha::dbus
