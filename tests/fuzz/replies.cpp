// The decoders of dbus/: a signature up to the first newline, then the bytes of the body, which need not fit
// it. Every decoder reads every reply.
#include <boost/locale/encoding_utf.hpp>
#include <limits>

#include "dbus/methods.hpp"
#include "dbus/signature_parser.hpp"
#include "fuzz.hpp"
#include "wire_message.hpp"

namespace {

using namespace ganesha::dbus;
using namespace ganesha::fuzz;

struct Reply {
  Message message;
  std::size_t bytes;
};

void check_text(std::string_view text, const Reply& reply) {
  namespace conv = boost::locale::conv;
  expect(text.find('\0') == text.npos, "a text holds no zero byte");
  expect(text.size() <= reply.bytes, "a text is no longer than its message");
  conv::utf_to_utf<char>(text.data(), text.data() + text.size(), conv::stop);
}

void check_time(const Timestamp& time) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  expect(time.nanoseconds < second_ns, "a time has less than a second of nanoseconds");
  expect(time.seconds < std::numeric_limits<std::int64_t>::max() / second_ns,
         "a time is before the year 2262");
}

void check_error(const Error& error) {
  expect(
      error.code == errc::malformed_reply || error.code == errc::refused || error.code == errc::no_activity,
      "a reply is malformed or a refusal");
  expect(error.detail.size() < 2'000, "an error is bounded");
}

// Each of these decodes a reply with T's decoder and checks the record.

void check(const BasicStats& stats, const Reply&) { check_time(stats.counting_since); }

void check(const ExportIO& io, const Reply& reply) {
  check_time(io.counting_since);
  for (const auto& row : io.rows) check_text(row.protocol, reply);
}

void check(const ExportList& list, const Reply& reply) {
  check_time(list.time);
  for (const auto& one : list.exports) {
    check_text(one.path, reply);
    check_time(one.last_activity);
  }
}

void check(const ClientList& list, const Reply& reply) {
  check_time(list.time);
  for (const auto& one : list.clients) {
    check_text(one.address, reply);
    check_time(one.last_activity);
  }
}

void check(const std::vector<StatsSwitch>& switches, const Reply&) {
  expect(switches.size() <= 6, "there are six statistics");
  for (const auto& one : switches) check_time(one.since);
}

void check(const std::vector<ProtocolOperations>& rows, const Reply& reply) {
  for (const auto& row : rows) check_text(row.protocol, reply);
}

void check(const std::vector<ProcedureCalls>& rows, const Reply& reply) {
  for (const auto& row : rows) check_text(row.procedure, reply);
}

void check(const std::vector<TimedProcedure>& rows, const Reply& reply) {
  for (const auto& row : rows) check_text(row.procedure, reply);
}

void check(const std::vector<AuthRequests>& rows, const Reply&) {
  // A server may repeat one: the snapshot adds up rows of equal labels.
  for (const auto& row : rows)
    expect(row.source == "group_cache" || row.source == "winbind" || row.source == "dns",
           "there are three sources");
}

void check(const std::vector<MemoryUse>& components, const Reply& reply) {
  for (const auto& one : components) check_text(one.component, reply);
}

void check(const FsalStats& stats, const Reply& reply) {
  check_text(stats.fsal, reply);
  check(stats.operations, reply);
}

void check(const Details& details, const Reply&) {
  check_time(details.last_activity);
  expect(details.protocols.size() <= protocol_count, "each protocol is there at most once");
}

void check(const std::vector<ClientDetails>& clients, const Reply& reply) {
  for (const auto& one : clients) {
    check_text(one.address, reply);
    check(one.details, reply);
  }
}

void check(const std::vector<ClientProcedures>& clients, const Reply& reply) {
  for (const auto& one : clients) {
    check_text(one.address, reply);
    check_time(one.last_activity);
    for (const auto& procedure : one.procedures) check_text(procedure.procedure, reply);
  }
}

void check(const ExportInfo& info, const Reply& reply) {
  for (const auto& text : {info.path, info.pseudo, info.tag}) check_text(text, reply);
}

void check(const std::string& text, const Reply& reply) { check_text(text, reply); }

void check(const MethodNames& names, const Reply& reply) {
  for (const auto& name : names) check_text(name, reply);
}

// Numbers alone.
void check(const MdCache&, const Reply&) {}
void check(const FdUsage&, const Reply&) {}
void check(const DrcInfo&, const Reply&) {}
void check(const Layouts&, const Reply&) {}
void check(const Delegations&, const Reply&) {}
void check(bool, const Reply&) {}

// What comes in parts is what comes at once.
template <class T>
void check_parts(const Reply& reply, const result<T>& whole) {
  if constexpr (is_array_reply<T>) {
    ArrayDecoder<T> decoder(reply.message, array_of<T>);
    while (decoder.read(1)) {
    }
    const auto parts = std::move(decoder).finish();
    expect(parts.has_value() == whole.has_value(), "parts are accepted where the whole is");
    if (parts) check(*parts, reply);
  }
}

template <auto Decode>
void run(const Reply& reply) {
  const auto decoded = Decode(reply.message);
  const auto again = Decode(reply.message);
  expect(decoded.has_value() == again.has_value(), "a reply is decoded in the same way each time");
  if (!decoded) return check_error(decoded.error());
  check(*decoded, reply);
  check_parts(reply, decoded);
}

template <auto... Decode>
void run_each(const Reply& reply) {
  (run<Decode>(reply), ...);
}

void run_all(const Reply& reply) {
  run_each<decode_io, decode_export_io, decode_exports, decode_clients, decode_status,
           decode_status_without_nfsv3, decode_grace, decode_version, decode_methods, decode_string>(reply);
  run_each<decode_global_operations, decode_procedure_calls, decode_timed_procedures, decode_auth,
           decode_fsal, decode_mdcache, decode_fd_usage, decode_drc, decode_memory, decode_details,
           decode_all_client_details, decode_layouts, decode_delegations, decode_all_client_procedures,
           decode_export_info>(reply);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto body = text_of(data, size);
  const auto signature = take_until(body, '\n');
  for (const std::string_view key : {"s", "qs"}) parse_list_signature(signature, key);
  Message message;
  try {
    message = ganesha::test::receive(signature, body);
  } catch (const std::exception&) {
    return -1;  // libsystemd does not take it: neither a signature nor a message
  }
  run_all({std::move(message), size});
  return 0;
}
