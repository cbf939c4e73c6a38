// The procedures that clients called: GetAllClientAllops.
#include "decode_common.hpp"
#include "methods.hpp"

namespace ganesha::dbus {
namespace {

constexpr std::string_view usual_signature = "bs(tt)a(s(tt)ba(sttt)ba(sttt)ba(stt)bttt)";

struct Section {
  std::string_view protocol;
  std::string_view row;  // name, calls, errors and, but for NFSv4, duplicates
};

// In the order in which they come. Servers built without NLM leave its section out, those without NFSv3
// both.
constexpr Section sections[] = {{"NFSv3", "sttt"}, {"NLMv4", "sttt"}, {"NFSv4", "stt"}};

using Sections = std::vector<Section>;

// The sections of a reply with `count` of them.
Sections sections_of(std::size_t count) {
  if (count == 3) return {sections[0], sections[1], sections[2]};
  if (count == 2) return {sections[0], sections[2]};
  return {sections[2]};
}

// The sections of the reply; empty if the signature is unknown.
Sections parse_sections(std::string_view signature) {
  for (const std::size_t count : {3U, 2U, 1U}) {
    auto found = sections_of(count);
    std::string expected = "bs(tt)a(s(tt)";
    for (const auto& section : found) expected.append("ba(").append(section.row).append(")");
    if (signature == expected + "bttt)") return found;
  }
  return {};
}

ClientProcedure read_procedure(MessageReader& in, const Section& section) {
  ClientProcedure one;
  one.protocol = section.protocol;
  one.procedure = trimmed(in.text(), " \n");
  one.calls = in.u64();
  one.errors = in.u64();
  if (section.row == "sttt") one.duplicates = in.u64();
  return one;
}

void read_array(MessageReader& in, const Section& section, std::vector<ClientProcedure>& procedures) {
  in.enter_array();
  while (in.more()) {
    in.enter_struct();
    procedures.push_back(read_procedure(in, section));
    in.leave();
  }
  in.leave();
}

ClientProcedures read_client(MessageReader& in, const Sections& present) {
  ClientProcedures client;
  in.enter_struct();
  client.address = in.text();
  client.last_activity = read_time(in);
  for (const auto& section : present) {
    in.boolean();
    read_array(in, section, client.procedures);
  }
  in.skip("bttt");
  in.leave();
  return client;
}

}  // namespace

result<ReadEntry<std::vector<ClientProcedures>>> begin_all_client_procedures(const Message& reply,
                                                                             MessageReader& in,
                                                                             std::vector<ClientProcedures>&) {
  auto present = parse_sections(reply.signature());
  if (auto error = check_head(reply, in, !present.empty(), usual_signature)) return *std::move(error);
  read_time(in);
  return ReadEntry<std::vector<ClientProcedures>>(
      [present = std::move(present)](MessageReader& entry, std::vector<ClientProcedures>& clients) {
        clients.push_back(read_client(entry, present));
      });
}

result<std::vector<ClientProcedures>> decode_all_client_procedures(const Message& reply) {
  return decode_array(reply, array_of<std::vector<ClientProcedures>>);
}

}  // namespace ganesha::dbus
