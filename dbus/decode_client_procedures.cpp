// The procedures that clients called: GetClientAllops and GetAllClientAllops.
#include "decode_details.hpp"
#include "decode_parts.hpp"
#include "layout.hpp"

namespace ganesha::dbus {
namespace {

constexpr std::string_view one_signature = "bs(tt)b[(sttt...)]b[(sttt...)]b[(stt...)]b[(ttt)]";
constexpr std::string_view all_signature = "bs(tt)a(s(tt)ba(sttt)ba(sttt)ba(stt)bttt)";

struct Section {
  std::string_view protocol;
  std::string_view row;  // name, calls, errors and, but for NFSv4, duplicates
};

// In the order in which they are told. Servers built without NLM leave its section out, those without NFSv3
// both.
constexpr Section sections[] = {{"NFSv3", "sttt"}, {"NLMv4", "sttt"}, {"NFSv4", "stt"}};

// The sections that a reply has, and whether each has rows: the server tells only those that were used.
struct ToldSection {
  Section section;
  bool present = false;
};
using ToldSections = std::vector<ToldSection>;

// The sections of a reply with `count` of them.
ToldSections sections_told(std::size_t count) {
  if (count == 3) return {{sections[0]}, {sections[1]}, {sections[2]}};
  if (count == 2) return {{sections[0]}, {sections[2]}};
  if (count == 1) return {{sections[2]}};
  return {};
}

bool eat_rows(std::string_view& signature, std::string_view row) {
  if (!eat(signature, "(") || !eat(signature, row)) return false;
  while (eat(signature, row)) {
  }
  return eat(signature, ")");
}

// Whether the signature is that of these sections and the compounds; notes which have rows.
bool parse_sections(std::string_view signature, ToldSections& told) {
  for (auto& one : told) {
    if (!eat(signature, "b")) return false;
    one.present = signature.starts_with("(");
    if (one.present && !eat_rows(signature, one.section.row)) return false;
  }
  return signature == "b" || signature == "b(ttt)";
}

// The sections of GetClientAllops; empty if the signature is none of ours.
ToldSections parse_one(std::string_view signature) {
  if (!eat(signature, "bs(tt)")) return {};
  for (const std::size_t count : {3, 2, 1})
    if (auto told = sections_told(count); parse_sections(signature, told)) return told;
  return {};
}

// The sections of GetAllClientAllops, which are all arrays.
ToldSections parse_all(std::string_view signature) {
  for (const std::size_t count : {3, 2, 1}) {
    auto told = sections_told(count);
    std::string expected = "bs(tt)a(s(tt)";
    for (const auto& one : told) expected.append("ba(").append(one.section.row).append(")");
    if (signature == expected + "bttt)") return told;
  }
  return {};
}

ClientProcedure read_procedure(Reader& in, const Section& section) {
  ClientProcedure one;
  one.protocol = section.protocol;
  one.procedure = trimmed(in.text(), " \n");
  one.calls = in.u64();
  one.errors = in.u64();
  if (section.row == "sttt") one.duplicates = in.u64();
  return one;
}

void read_struct(Reader& in, const Section& section, std::vector<ClientProcedure>& procedures) {
  in.enter_struct();
  while (in.more()) procedures.push_back(read_procedure(in, section));
  in.leave();
}

void read_array(Reader& in, const Section& section, std::vector<ClientProcedure>& procedures) {
  in.enter_array();
  while (in.more()) {
    in.enter_struct();
    procedures.push_back(read_procedure(in, section));
    in.leave();
  }
  in.leave();
}

ClientProcedures read_client(Reader& in, const ToldSections& told) {
  ClientProcedures client;
  in.enter_struct();
  client.address = in.text();
  client.last_activity = read_time(in);
  for (const auto& one : told) {
    in.boolean();
    read_array(in, one.section, client.procedures);
  }
  in.skip("bttt");
  in.leave();
  return client;
}

}  // namespace

result<ClientProcedures> decode_client_procedures(const Message& reply) {
  Reader in(reply);
  const auto told = parse_one(reply.signature());
  if (auto error = check_head(reply, in, !told.empty(), one_signature)) return *std::move(error);
  ClientProcedures client;
  client.last_activity = read_time(in);
  for (const auto& one : told) {
    in.boolean();
    if (one.present) read_struct(in, one.section, client.procedures);
  }
  in.skip(reply.signature().ends_with("(ttt)") ? "b(ttt)" : "b");
  return finish(in, std::move(client));
}

result<std::vector<ClientProcedures>> decode_all_client_procedures(const Message& reply) {
  Reader in(reply);
  const auto told = parse_all(reply.signature());
  if (auto error = check_head(reply, in, !told.empty(), all_signature)) return *std::move(error);
  std::vector<ClientProcedures> clients;
  read_time(in);
  in.enter_array();
  while (in.more()) clients.push_back(read_client(in, told));
  in.leave();
  return finish(in, std::move(clients));
}

}  // namespace ganesha::dbus
