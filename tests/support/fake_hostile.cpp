#include "fake_hostile.hpp"

#include <algorithm>
#include <numeric>

#include "fake_recorded.hpp"

namespace fake {
namespace {

using Names = std::vector<std::string>;

constexpr const char* heartbeat = "admin.heartbeat";

// What the exporter calls; hostile_test.py compares it with the bus policy.
const Names& ordinary_methods() {
  static const Names names{"admin.get_drc_info",
                           "ExportMgr.DisplayExport",
                           "ExportMgr.GetGlobalOPS",
                           "ExportMgr.GetFastOPS",
                           "ExportMgr.GetFULLV3Stats",
                           "ExportMgr.GetFULLV4Stats",
                           "ExportMgr.GetAuthStats",
                           "ExportMgr.GetFSALStats",
                           "ExportMgr.ShowCacheInode",
                           "ExportMgr.ShowMDCache",
                           "ExportMgr.ShowFDUsage",
                           "ExportMgr.GetNFSIO",
                           "ExportMgr.GetExportDetails",
                           "ExportMgr.GetNFSv3IO",
                           "ExportMgr.GetNFSv40IO",
                           "ExportMgr.GetNFSv41IO",
                           "ExportMgr.GetNFSv42IO",
                           "ExportMgr.Get9pIO",
                           "ExportMgr.GetNFSv41Layouts",
                           "ExportMgr.GetNFSv42Layouts",
                           "ClientMgr.GetClientIOops",
                           "ClientMgr.GetAllClientIOops",
                           "ClientMgr.GetAllClientAllops",
                           "ClientMgr.GetDelegations",
                           "ClientMgr.GetNFSv3IO",
                           "ClientMgr.GetNFSv40IO",
                           "ClientMgr.GetNFSv41IO",
                           "ClientMgr.GetNFSv42IO",
                           "ClientMgr.Get9pIO",
                           "ClientMgr.GetNFSv41Layouts",
                           "ClientMgr.GetNFSv42Layouts"};
  return names;
}

// Without these the exporter calls fewer of the others: they have scenes of their own.
const Names& leading_methods() {
  static const Names names{"ExportMgr.ShowExports", "ClientMgr.ShowClients", "ExportMgr.StatusStats",
                           "admin.get_grace", "admin.Get"};
  return names;
}

const Names& single_methods() {
  static const Names names{"admin.Introspect", "ExportMgr.Introspect", "ClientMgr.Introspect", heartbeat};
  return names;
}

std::string text(const char* maybe_null) { return maybe_null == nullptr ? "" : maybe_null; }

// "ClientMgr.GetNFSv3IO" of a call.
std::string key_of(sd_bus_message* call) {
  const std::string path = text(sd_bus_message_get_path(call));
  return path.substr(std::min(path.size(), object_root.size())) + '.' + text(sd_bus_message_get_member(call));
}

std::string played_key(const std::string& method, Manner manner) {
  return method + ' ' + std::string(name_of(manner));
}

Message new_reply(sd_bus_message* call) {
  sd_bus_message* reply = nullptr;
  check(sd_bus_message_new_method_return(call, &reply));
  return Message(reply);
}

// Names that the bus itself uses are among them.
void send_error(sd_bus_message* call, Random& random) {
  constexpr const char* names[] = {"org.ganesha.nfsd.exportstats",
                                   "org.freedesktop.DBus.Error.NoReply",
                                   "org.freedesktop.DBus.Error.ServiceUnknown",
                                   "org.freedesktop.DBus.Error.AccessDenied",
                                   "org.freedesktop.DBus.Error.Disconnected",
                                   "org.freedesktop.DBus.Error.NoMemory"};
  const char* const name = random.one_of(names);
  check(sd_bus_reply_method_errorf(call, name, "%s", odd_text(random).c_str()));
}

// ---- replies that no recording has ----

void get_fsal_stats(const World&, sd_bus_message*, sd_bus_message* reply) {
  check(sd_bus_message_append(reply, "bs(tt)s(stddd)s", 1, "OK", std::uint64_t{1}, std::uint64_t{2}, "GPFS",
                              "read", std::uint64_t{7}, 0.5, 0.25, 1.5, "OK"));
}

void get_delegations(const World&, sd_bus_message*, sd_bus_message* reply) {
  check(sd_bus_message_append(reply, "bs(tt)(uuuu)", 1, "OK", std::uint64_t{1}, std::uint64_t{2}, 1U, 2U, 3U,
                              4U));
}

void get_full_v3_stats(const World&, sd_bus_message*, sd_bus_message* reply) {
  check(sd_bus_message_append(reply, "bs(tt)a(stttddd)s", 1, "OK", std::uint64_t{1}, std::uint64_t{2}, 1,
                              "READ", std::uint64_t{7}, std::uint64_t{1}, std::uint64_t{2}, 0.5, 0.25, 1.5,
                              "OK"));
}

}  // namespace

void prepare_hostile_world(std::uint64_t seed, World& world) {
  world.methods.push_back(client_procedures_method());
  for (const char* version : {"15.2", "4.3"}) add_recorded(version, world);
  for (Method& method : world.methods) {
    if (method.name == "GetFSALStats") method.answer = get_fsal_stats;
    if (method.name == "GetDelegations") method.answer = get_delegations;
    if (method.name == "GetFULLV3Stats") method.answer = get_full_v3_stats;
  }
  if (seed % 2 == 1) world.hidden = {"GetNFSIO", "ShowMDCache", "GetAllClientIOops"};
}

Hostile::Hostile(std::uint64_t seed, std::chrono::milliseconds late) : seed_(seed), late_(late) {
  add_fast_scenes(ordinary_methods());
  add_fast_scenes(leading_methods());
  for (const std::string& one : single_methods()) add_fast_scenes({one});
  for (const Names* names : {&ordinary_methods(), &leading_methods(), &single_methods()}) {
    for (const std::string& method : *names) {
      for (const Manner manner : {Manner::late, Manner::never}) {
        scenes_.push_back({{method, manner}});
        played_[played_key(method, manner)] = 0;
      }
    }
  }
}

// In each scene all of them answer wrongly, in different manners; in all scenes together each in every
// manner.
void Hostile::add_fast_scenes(const Names& methods) {
  Random random{scenes_.size()};
  std::vector<std::size_t> offsets(methods.size());
  for (std::size_t& offset : offsets) offset = random.below(fast_manners);
  for (std::size_t first = 0; first < fast_manners; ++first) {
    Scene& scene = scenes_.emplace_back();
    for (std::size_t i = 0; i < methods.size(); ++i) {
      const auto manner = static_cast<Manner>((first + offsets[i]) % fast_manners);
      scene[methods[i]] = manner;
      played_[played_key(methods[i], manner)] = 0;
    }
  }
}

// Neighbouring numbers are scenes of different kinds.
void Hostile::play(std::uint64_t scene) {
  std::uint64_t stride = 61;
  while (std::gcd(stride, scenes_.size()) != 1) ++stride;
  scene_number_ = scene;
  scene_ = scenes_[scene * stride % scenes_.size()];
  calls_.clear();
}

void Hostile::be_honest(sd_bus* bus) {
  scene_.clear();
  for (auto& [due, reply] : std::exchange(waiting_, {})) check(sd_bus_send(bus, reply.get(), nullptr));
}

const Manner* Hostile::manner_of(const std::string& method) {
  const auto found = scene_.find(method);
  if (found == scene_.end()) return nullptr;
  ++played_[played_key(method, found->second)];
  return &found->second;
}

Random Hostile::random_for(const std::string& method) {
  const auto place = std::distance(scene_.begin(), scene_.find(method));
  return Random{seed_, scene_number_, static_cast<std::uint64_t>(place), calls_[method]++};
}

void Hostile::answer(sd_bus* bus, sd_bus_message* call, Message honest) {
  const std::string method = key_of(call);
  const Manner* const manner = manner_of(method);
  if (manner == nullptr) {
    check(sd_bus_send(bus, honest.get(), nullptr));
    return;
  }
  Random random = random_for(method);
  if (*manner == Manner::never) return;
  if (*manner == Manner::late)
    waiting_.emplace_back(Clock::now() + late_, std::move(honest));
  else if (*manner == Manner::error)
    send_error(call, random);
  else
    send_reply(bus, call, honest.get(), *manner, random);
}

void Hostile::send_reply(sd_bus* bus, sd_bus_message* call, sd_bus_message* honest, Manner manner,
                         Random& random) {
  Values values = read_values(honest);
  distort(values, manner, random);
  const Message reply = new_reply(call);
  append_values(reply.get(), values);
  check(sd_bus_send(bus, reply.get(), nullptr));
  // The same message, serial and all.
  if (manner == Manner::twice) check(sd_bus_send(bus, reply.get(), nullptr));
}

std::chrono::milliseconds Hostile::beat(sd_bus* bus) {
  const Manner* const manner = manner_of(heartbeat);
  if (manner != nullptr && *manner == Manner::never) return {};
  const bool is_odd = manner != nullptr && *manner != Manner::late;
  Values values{{"b", 1, 0, {}, {}}};
  if (is_odd) {
    Random random = random_for(heartbeat);
    distort(values, *manner, random);
  }
  sd_bus_message* raw = nullptr;
  check(sd_bus_message_new_signal(bus, &raw, "/org/ganesha/nfsd/heartbeat", "org.ganesha.nfsd.admin",
                                  "heartbeat"));
  const Message signal(raw);
  append_values(raw, values);
  // A thousand at once come in the same way as two.
  const int times = is_odd && *manner == Manner::twice ? 1000 : 1;
  for (int i = 0; i < times; ++i) check(sd_bus_send(bus, raw, nullptr));
  return manner != nullptr && *manner == Manner::late ? late_ : std::chrono::milliseconds{0};
}

void Hostile::send_due(sd_bus* bus) {
  while (!waiting_.empty() && waiting_.front().first <= Clock::now()) {
    check(sd_bus_send(bus, waiting_.front().second.get(), nullptr));
    waiting_.erase(waiting_.begin());
  }
}

Hostile::Clock::time_point Hostile::next_due() const {
  return waiting_.empty() ? Clock::time_point::max() : waiting_.front().first;
}

}  // namespace fake
