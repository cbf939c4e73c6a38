#include "exporter/supervisor/statd.hpp"

#include <netinet/in.h>

#include <filesystem>

#include "ganesha/rpc_call.hpp"

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// RFC 1833: PMAPPROC_GETPORT takes program, version, protocol, port.
constexpr std::uint16_t rpcbind_port = 111;
constexpr RpcProcedure get_port{100000, 2, 3};
// The status monitor, as Ganesha asks for it.
constexpr RpcProcedure null_of_statd{100024, 1, 0};

tcp::endpoint local(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

}  // namespace

asio::awaitable<bool> statd_answers(dbus::TimePoint deadline) {
  std::vector<std::uint32_t> wanted{null_of_statd.program, null_of_statd.version, IPPROTO_TCP, 0};
  const auto port = co_await rpc_call(local(rpcbind_port), get_port, std::move(wanted), deadline);
  if (!port || port->empty() || port->front() == 0 || port->front() > 65535) co_return false;
  const auto statd = local(static_cast<std::uint16_t>(port->front()));
  const auto answer = co_await rpc_call(statd, null_of_statd, {}, deadline);
  co_return answer.has_value();
}

Command statd_command() {
  // A volume for /var/lib/nfs may be empty. If nothing can be written, statd itself reports it.
  for (const char* folder : {"/var/lib/nfs/sm", "/var/lib/nfs/sm.bak"}) {
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
  }
  Command command;
  command.argv = {"rpc.statd", "-F", "-d"};
  return command;
}

}  // namespace ganesha::exporter
