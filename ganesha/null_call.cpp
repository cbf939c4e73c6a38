#include "null_call.hpp"

#include "ganesha/rpc_call.hpp"

namespace ganesha {
namespace {

constexpr std::uint32_t nfs_program = 100003, null_procedure = 0;

}  // namespace

boost::asio::awaitable<bool> answers_null_call(boost::asio::ip::tcp::endpoint server, std::uint32_t version,
                                               dbus::TimePoint deadline) {
  const RpcProcedure procedure{nfs_program, version, null_procedure};
  const auto result = co_await rpc_call(server, procedure, {}, deadline);
  co_return result.has_value();
}

}  // namespace ganesha
