// Counts of one export or client by protocol: the details, layouts, delegations, and an export's names.
#include "decode_common.hpp"
#include "methods.hpp"
#include "signature_parser.hpp"

namespace ganesha::dbus {
namespace {

constexpr std::string_view details_signature =
    "bs(tt) and for each protocol b[(ttdt)(ttdt)(ttd)[(ttt)]] or b[(ttt)(ttt)(tt)[(tt)]]";
constexpr std::string_view all_details_signature =
    "bs(tt)a(s(tt)b(ttdt)(ttdt)(ttd)b(ttdt)(ttdt)(ttd)b(ttdt)(ttdt)(ttd)(ttt)b(ttdt)(ttdt)(ttd)(ttt))";
constexpr std::string_view layouts_signature = "bs(tt)(ttt)(ttt)(ttt)(ttt)(ttt)";
constexpr std::string_view delegations_signature = "bs(tt)(uuuu) or bs(tt)(tttt)";
constexpr std::string_view export_info_signature = "qsssa(siyyiuuuuu)";

// What follows the boolean of one protocol: nothing, or reads, writes and others, and layouts for pNFS.
struct Block {
  bool present = false;
  const char* reads_and_writes = nullptr;
  const char* others = nullptr;
  const char* layouts = nullptr;  // null if they are not reported
};

constexpr Block timed{true, "(ttdt)(ttdt)", "ttd", "(ttt)"};
constexpr Block untimed{true, "(ttt)(ttt)", "tt", "(tt)"};

bool consume_struct(std::string_view& signature, std::string_view members) {
  return consume_prefix(signature, "(") && consume_prefix(signature, members) &&
         consume_prefix(signature, ")");
}

// Consumes a block of this kind, with or without layouts.
std::optional<Block> consume_block(std::string_view& signature, Block block) {
  auto rest = signature;
  if (!consume_prefix(rest, block.reads_and_writes) || !consume_struct(rest, block.others))
    return std::nullopt;
  if (!consume_prefix(rest, block.layouts)) block.layouts = nullptr;
  signature = rest;
  return block;
}

Block consume_any_block(std::string_view& signature) {
  if (const auto block = consume_block(signature, timed)) return *block;
  return consume_block(signature, untimed).value_or(Block{});
}

// Whether each block belongs to its protocol: NFSv4.1 and 4.2 have layouts, the others none.
bool fit(const std::vector<Block>& blocks) {
  if (blocks.size() != 3 && blocks.size() != 4) return false;
  for (std::size_t i = 0; i < blocks.size(); ++i)
    if (blocks[i].present && (blocks[i].layouts != nullptr) != (i + 2 >= blocks.size())) return false;
  return true;
}

// The blocks of the protocols NFSv3, 4.0, 4.1 and 4.2; the first is missing where the server is built without
// NFSv3. Empty if the signature is unknown.
std::vector<Block> parse_blocks(std::string_view signature) {
  std::vector<Block> blocks;
  while (consume_prefix(signature, "b")) blocks.push_back(consume_any_block(signature));
  if (!signature.empty() || !fit(blocks)) blocks.clear();
  return blocks;
}

Protocol protocol_of(std::size_t block, std::size_t blocks) {
  return io_protocols[std::size(io_protocols) - blocks + block];
}

ProtocolDetails read_block(MessageReader& in, const Block& block, Protocol protocol) {
  ProtocolDetails details;
  details.protocol = protocol;
  in.skip(block.reads_and_writes);
  in.enter_struct(block.others);
  details.other_operations = in.u64();
  details.other_errors = in.u64();
  if (in.next_type() == 'd') {
    const auto latency_ns = sum_ns(in.f64(), details.other_operations);
    if (latency_ns > 0) details.other_latency_ns = latency_ns;
  }
  in.leave();
  if (block.layouts) in.skip(block.layouts);
  return details;
}

Details read_details(MessageReader& in, const std::vector<Block>& blocks) {
  Details details{read_time(in), {}};
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const bool used = in.boolean();
    if (!blocks[i].present) continue;
    const auto protocol = read_block(in, blocks[i], protocol_of(i, blocks.size()));
    if (used) details.protocols.push_back(protocol);
  }
  return details;
}

ClientDetails read_client_details(MessageReader& in, const std::vector<Block>& blocks) {
  in.enter_struct();
  std::string address(in.text());
  ClientDetails client{std::move(address), read_details(in, blocks)};
  in.leave();
  return client;
}

std::vector<Block> parse_details(std::string_view signature) {
  return consume_prefix(signature, "bs(tt)") ? parse_blocks(signature) : std::vector<Block>{};
}

std::vector<Block> parse_all_details(std::string_view signature) {
  if (!consume_prefix(signature, "bs(tt)a(s(tt)") || !signature.ends_with(")")) return {};
  signature.remove_suffix(1);
  return parse_blocks(signature);
}

LayoutOperations read_layout(MessageReader& in) {
  in.enter_struct("ttt");
  LayoutOperations layout{in.u64(), in.u64(), in.u64()};
  in.leave();
  return layout;
}

}  // namespace

result<Details> decode_details(const Message& reply) {
  MessageReader in(reply);
  const auto blocks = parse_details(reply.signature());
  if (auto error = check_head(reply, in, !blocks.empty(), details_signature)) return *std::move(error);
  auto details = read_details(in, blocks);
  return finish(in, std::move(details));
}

result<ReadEntry<std::vector<ClientDetails>>> begin_all_client_details(const Message& reply,
                                                                       MessageReader& in,
                                                                       std::vector<ClientDetails>&) {
  auto blocks = parse_all_details(reply.signature());
  if (auto error = check_head(reply, in, !blocks.empty(), all_details_signature)) return *std::move(error);
  read_time(in);
  return ReadEntry<std::vector<ClientDetails>>(
      [blocks = std::move(blocks)](MessageReader& entry, std::vector<ClientDetails>& clients) {
        clients.push_back(read_client_details(entry, blocks));
      });
}

result<std::vector<ClientDetails>> decode_all_client_details(const Message& reply) {
  return decode_array(reply, array_of<std::vector<ClientDetails>>);
}

result<Layouts> decode_layouts(const Message& reply) {
  MessageReader in(reply);
  if (auto error = check_head(reply, in, reply.signature() == layouts_signature, layouts_signature))
    return *std::move(error);
  Layouts layouts;
  layouts.counting_since = read_time(in);
  layouts.getdevinfo = read_layout(in);
  layouts.get = read_layout(in);
  layouts.commit = read_layout(in);
  layouts.layout_return = read_layout(in);
  layouts.recall = read_layout(in);
  return finish(in, std::move(layouts));
}

result<Delegations> decode_delegations(const Message& reply) {
  MessageReader in(reply);
  const auto signature = reply.signature();
  const bool known = signature == "bs(tt)(uuuu)" || signature == "bs(tt)(tttt)";
  if (auto error = check_head(reply, in, known, delegations_signature)) return *std::move(error);
  read_time(in);
  in.enter_struct();
  Delegations delegations{read_number(in), read_number(in), read_number(in), read_number(in)};
  in.leave();
  return finish(in, std::move(delegations));
}

result<ExportInfo> decode_export_info(const Message& reply) {
  if (reply.signature() != export_info_signature) return malformed(reply, export_info_signature);
  MessageReader in(reply);
  ExportInfo info;
  info.id = in.u16();
  info.path = in.text();
  info.pseudo = in.text();
  info.tag = in.text();
  in.skip("a(siyyiuuuuu)");
  return finish(in, std::move(info));
}

}  // namespace ganesha::dbus
