#include "fake_hostile.hpp"

#include <algorithm>

#include "fake_distortion.hpp"

namespace fake {
namespace {

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
  const std::string message = odd_text(random);
  // The call that formats would cut it.
  const sd_bus_error error = SD_BUS_ERROR_MAKE_CONST(name, message.c_str());
  check(sd_bus_reply_method_error(call, &error));
}

}  // namespace

Hostile::Hostile(std::uint64_t seed, std::chrono::milliseconds late) : seed_(seed), late_(late) {
  for (const Scene& scene : all_scenes())
    for (const auto& [method, manner] : scene) played_[played_key(method, manner)] = 0;
}

void Hostile::play(std::uint64_t scene) {
  scene_number_ = scene;
  scene_ = scene_of(scene);
  calls_.clear();
}

void Hostile::be_honest(sd_bus* bus) {
  scene_.clear();
  calls_.clear();
  for (auto& [due, reply] : std::exchange(waiting_, {})) check(sd_bus_send(bus, reply.get(), nullptr));
}

const Manner* Hostile::manner_of(const std::string& method) {
  const auto found = scene_.find(method);
  if (found == scene_.end()) return nullptr;
  ++played_[played_key(method, found->second)];
  ++calls_[method];
  return &found->second;
}

Random Hostile::random_for(const std::string& method) {
  const auto place = std::distance(scene_.begin(), scene_.find(method));
  return Random{seed_, scene_number_, static_cast<std::uint64_t>(place), calls_[method]};
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
