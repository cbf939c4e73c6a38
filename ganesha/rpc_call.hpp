// One ONC RPC call over TCP (RFC 5531) without credentials: enough to check whether an NFS server, rpcbind or
// rpc.statd answers.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "dbus/clock.hpp"

namespace ganesha {

struct RpcProcedure {
  std::uint32_t program;
  std::uint32_t version;
  std::uint32_t number;
};

// The words of the result; nothing if the call was refused or not answered before `deadline`.
boost::asio::awaitable<std::optional<std::vector<std::uint32_t>>> rpc_call(
    boost::asio::ip::tcp::endpoint server, RpcProcedure procedure, std::vector<std::uint32_t> arguments,
    dbus::TimePoint deadline);

}  // namespace ganesha
