// Decodes replies into records, by signature and never by version: build options and versions change layouts.
// An unknown signature is malformed_reply with the signature received and the ones expected; `false` with a
// text is no_activity or refused. Used by methods.hpp.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "array_decoder.hpp"
#include "error.hpp"
#include "message.hpp"
#include "records.hpp"

namespace ganesha::dbus {

// The names of an object's methods, whatever their interface.
using MethodNames = std::set<std::string, std::less<>>;

// GetNFSv3IO, GetNFSv40IO, GetNFSv41IO, GetNFSv42IO of exports and clients.
result<BasicStats> decode_io(const Message& reply);
// GetNFSIO.
result<ExportIO> decode_export_io(const Message& reply);
// ShowExports.
result<ExportList> decode_exports(const Message& reply);
// ShowClients.
result<ClientList> decode_clients(const Message& reply);

// How these three begin.
result<ReadEntry<ExportIO>> begin_export_io(const Message& reply, MessageReader& in, ExportIO& io);
result<ReadEntry<ExportList>> begin_exports(const Message& reply, MessageReader& in, ExportList& list);
result<ReadEntry<ClientList>> begin_clients(const Message& reply, MessageReader& in, ClientList& list);
template <>
inline constexpr BeginArray<ExportIO> array_of<ExportIO> = begin_export_io;
template <>
inline constexpr BeginArray<ExportList> array_of<ExportList> = begin_exports;
template <>
inline constexpr BeginArray<ClientList> array_of<ClientList> = begin_clients;

// StatusStats: the first two to six switches. A server built without NFSv3 leaves v3_full out, which its
// reply does not show.
result<std::vector<StatsSwitch>> decode_status(const Message& reply);
result<std::vector<StatsSwitch>> decode_status_without_nfsv3(const Message& reply);
// get_grace: whether the server is in grace.
result<bool> decode_grace(const Message& reply);
// Properties.Get of VERSION_RELEASE.
result<std::string> decode_version(const Message& reply);
// Introspect: the methods of an object. A description of more than 200,000 bytes is malformed_reply.
result<MethodNames> decode_methods(const Message& reply);
// The bus's own GetId and GetNameOwner.
result<std::string> decode_string(const Message& reply);

// Decodes a call's outcome, or passes its error on.
template <class Decoder>
auto decode(const result<Message>& outcome, Decoder decoder) -> decltype(decoder(*outcome)) {
  if (!outcome) return outcome.error();
  return decoder(*outcome);
}

}  // namespace ganesha::dbus
