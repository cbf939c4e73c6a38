// The counts of protocols and procedures: GetGlobalOPS, GetFastOPS, the FULL statistics, GetFSALStats,
// GetAuthStats.
#include <cmath>
#include <limits>

#include "decode_common.hpp"
#include "methods.hpp"
#include "signature_parser.hpp"

namespace ganesha::dbus {
namespace {

constexpr std::string_view operations_signature = "bs(tt)(st...)";
constexpr std::string_view procedures_signature = "bs(tt)(s[t]...)";
constexpr std::string_view full_v3_signature = "bs(tt)a(stttddd)s";
constexpr std::string_view full_v4_signature = "bs(tt)a(sttddd)s";
constexpr std::string_view full_signature = "bs(tt)a(stttddd)s or bs(tt)a(sttddd)s";
constexpr std::string_view fsal_signature = "bs(tt)s(stddd...)s";
constexpr std::string_view auth_signature = "bs(tt)(tdddtddd[tddd]) or bs(tt)a(tdddtddd[tddd])";

// The single row that Ganesha sends in place of an empty list.
constexpr std::string_view none = "None";

// Ganesha converts whole nanoseconds to milliseconds; rounding restores them. "Not a number" for what is no
// duration.
double seconds(double ms) {
  return ms >= 0 && std::isfinite(ms) ? std::round(ms * 1e6) / 1e9 : std::numeric_limits<double>::quiet_NaN();
}

// Whether the signature is `head`, then `token` once or more, then `tail`.
bool repeats(std::string_view signature, std::string_view head, std::string_view token,
             std::string_view tail) {
  if (!consume_prefix(signature, head) || !consume_prefix(signature, token)) return false;
  while (consume_prefix(signature, token)) {
  }
  return signature == tail;
}

bool is_procedure_list(std::string_view signature) {
  if (!consume_prefix(signature, "bs(tt)(s")) return false;
  while (signature.starts_with("s") || signature.starts_with("ts")) signature.remove_prefix(1);
  return signature == ")" || signature == "t)";
}

// Average, minimum and maximum, the order of most replies.
Latency read_latency(MessageReader& in, std::uint64_t calls) {
  const double average = in.f64(), least = in.f64(), most = in.f64();
  return {sum_ns(average, calls), seconds(least), seconds(most)};
}

enum class Duplicates { absent, present };

TimedProcedure read_timed(MessageReader& in, Duplicates duplicates) {
  TimedProcedure one;
  in.enter_struct();
  one.procedure = in.text();
  one.calls = in.u64();
  one.errors = in.u64();
  if (duplicates == Duplicates::present) one.duplicates = in.u64();
  one.latency = read_latency(in, one.calls);
  in.leave();
  return one;
}

TimedProcedure read_fsal_operation(MessageReader& in) {
  TimedProcedure one;
  one.procedure = in.text();
  one.calls = in.u64();
  one.latency = read_latency(in, one.calls);
  return one;
}

void keep(TimedProcedure&& one, std::vector<TimedProcedure>& procedures) {
  if (one.procedure != none) procedures.push_back(std::move(one));
}

void read_auth(MessageReader& in, std::vector<AuthRequests>& sources) {
  constexpr std::string_view names[] = {"group_cache", "winbind", "dns"};
  in.enter_struct();
  for (const auto source : names) {
    if (!in.more()) break;
    const auto requests = in.u64();
    const double average = in.f64(), most = in.f64(), least = in.f64();
    sources.push_back({source, requests, {sum_ns(average, requests), seconds(least), seconds(most)}});
  }
  in.leave();
}

bool is_auth(std::string_view signature) {
  if (!consume_prefix(signature, "bs(tt)")) return false;
  consume_prefix(signature, "a");
  return signature == "(tdddtddd)" || signature == "(tdddtdddtddd)";
}

}  // namespace

result<std::vector<ProtocolOperations>> decode_global_operations(const Message& reply) {
  MessageReader in(reply);
  const bool known = repeats(reply.signature(), "bs(tt)(", "st", ")");
  if (auto error = check_head(reply, in, known, operations_signature)) return *std::move(error);
  std::vector<ProtocolOperations> all;
  read_time(in);
  in.enter_struct();
  while (in.more()) {
    std::string protocol(protocol_label(in.text()));
    all.push_back({std::move(protocol), in.u64()});
  }
  in.leave();
  return finish(in, std::move(all));
}

result<std::vector<ProcedureCalls>> decode_procedure_calls(const Message& reply) {
  MessageReader in(reply);
  if (auto error = check_head(reply, in, is_procedure_list(reply.signature()), procedures_signature))
    return *std::move(error);
  std::vector<ProcedureCalls> all;
  std::string protocol;
  read_time(in);
  in.enter_struct();
  while (in.more()) {
    const auto text = trimmed(in.text(), " \n");
    if (in.next_type() == 't')
      all.push_back({protocol, std::string(text), in.u64()});
    else
      protocol = protocol_label(trimmed(text, " :"));
  }
  in.leave();
  return finish(in, std::move(all));
}

result<std::vector<TimedProcedure>> decode_timed_procedures(const Message& reply) {
  MessageReader in(reply);
  const bool v3 = reply.signature() == full_v3_signature;
  const bool known = v3 || reply.signature() == full_v4_signature;
  if (auto error = check_head(reply, in, known, full_signature)) return *std::move(error);
  std::vector<TimedProcedure> procedures;
  read_time(in);
  in.enter_array();
  const auto duplicates = v3 ? Duplicates::present : Duplicates::absent;
  while (in.more()) keep(read_timed(in, duplicates), procedures);
  in.leave();
  in.text();
  return finish(in, std::move(procedures));
}

result<FsalStats> decode_fsal(const Message& reply) {
  MessageReader in(reply);
  const bool known = repeats(reply.signature(), "bs(tt)s(", "stddd", ")s");
  if (auto error = check_head(reply, in, known, fsal_signature)) return *std::move(error);
  FsalStats stats;
  read_time(in);
  stats.fsal = in.text();
  in.enter_struct();
  while (in.more()) keep(read_fsal_operation(in), stats.operations);
  in.leave();
  in.text();
  return finish(in, std::move(stats));
}

result<std::vector<AuthRequests>> decode_auth(const Message& reply) {
  MessageReader in(reply);
  if (auto error = check_head(reply, in, is_auth(reply.signature()), auth_signature))
    return *std::move(error);
  std::vector<AuthRequests> sources;
  read_time(in);
  if (in.next_type() != 'a') {
    read_auth(in, sources);
    return finish(in, std::move(sources));
  }
  in.enter_array();
  while (in.more()) read_auth(in, sources);
  in.leave();
  return finish(in, std::move(sources));
}

}  // namespace ganesha::dbus
