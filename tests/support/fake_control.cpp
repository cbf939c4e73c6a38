#include "fake_control.hpp"

#include <cerrno>

namespace fake {
namespace {

// Runs one control method and answers it; no exception may pass through sd-bus's frames.
template <void (*act)(Server&, sd_bus_message*)>
int control(sd_bus_message* call, void* server, sd_bus_error* error) {
  try {
    act(*static_cast<Server*>(server), call);
  } catch (const std::system_error& failure) {
    return sd_bus_error_set_errno(error, failure.code().value());
  }
  return sd_bus_reply_method_return(call, "");
}

bool read_switch(sd_bus_message* call) {
  int on = 0;
  check(sd_bus_message_read(call, "b", &on));
  return on != 0;
}

std::string read_text(sd_bus_message* call) {
  const char* text = nullptr;
  check(sd_bus_message_read(call, "s", &text));
  return text;
}

std::uint16_t read_id(sd_bus_message* call) {
  std::uint16_t id = 0;
  check(sd_bus_message_read(call, "q", &id));
  return id;
}

void require(bool done, int error_number) {
  if (!done) check(-error_number);
}

void set_heartbeat(Server& server, sd_bus_message* call) { server.set_heartbeat(read_switch(call)); }
void set_silent(Server& server, sd_bus_message* call) { server.set_silent(read_switch(call)); }
void set_stats(Server& server, sd_bus_message* call) { server.world().model.set_stats(read_switch(call)); }
void set_client_all_ops(Server& server, sd_bus_message* call) {
  server.world().counts_client_all_ops = read_switch(call);
}
void set_grace(Server& server, sd_bus_message* call) { server.world().in_grace = read_switch(call); }
void release_name(Server& server, sd_bus_message*) { server.release_name(); }
void take_name(Server& server, sd_bus_message*) { server.take_name(); }
void reset(Server& server, sd_bus_message*) { server.world().model.reset(); }

void tick(Server& server, sd_bus_message* call) {
  std::uint32_t steps = 0;
  check(sd_bus_message_read(call, "u", &steps));
  server.world().model.tick(steps);
}

void tick_some(Server& server, sd_bus_message* call) {
  std::uint32_t clients = 0;
  check(sd_bus_message_read(call, "u", &clients));
  server.world().model.tick_some(clients);
}

void add_export(Server& server, sd_bus_message* call) {
  const std::uint16_t id = read_id(call);
  server.world().model.add_export(id, read_text(call));
}

void remove_export(Server& server, sd_bus_message* call) {
  require(server.world().model.remove_export(read_id(call)), ENOENT);
}

void add_client(Server& server, sd_bus_message* call) { server.world().model.add_client(read_text(call)); }

void remove_client(Server& server, sd_bus_message* call) {
  require(server.world().model.remove_client(read_text(call)), ENOENT);
}

void set_client_activity(Server& server, sd_bus_message* call) {
  const std::string address = read_text(call);
  Moment moment;
  check(sd_bus_message_read(call, "t", &moment.seconds));
  require(server.world().model.set_client_activity(address, moment), ENOENT);
}

template <Fault fault>
void set_fault(Server& server, sd_bus_message* call) {
  const std::string method = read_text(call);
  server.set_fault(fault, method, read_switch(call));
}

using Counts = std::map<std::string, std::uint64_t>;

Counts calls_of(Server& server) {
  Counts counts = server.calls();
  counts["max_unanswered"] = server.max_unanswered();
  return counts;
}

Hostile& hostile_of(Server& server) {
  require(server.hostile() != nullptr, EOPNOTSUPP);
  return *server.hostile();
}

Counts played_by(Server& server) { return hostile_of(server).played(); }

Counts playing_of(Server& server) {
  return {{"playing", hostile_of(server).playing()}, {"pending", hostile_of(server).pending()}};
}

void play_scene(Server& server, sd_bus_message* call) {
  std::uint64_t scene = 0;
  check(sd_bus_message_read(call, "t", &scene));
  hostile_of(server);
  server.play_scene(scene);
}

void be_honest(Server& server, sd_bus_message*) {
  hostile_of(server);
  server.be_honest();
}

void append_counts(const Counts& counts, sd_bus_message* reply) {
  check(sd_bus_message_open_container(reply, 'a', "{st}"));
  for (const auto& [key, count] : counts) {
    check(sd_bus_message_append(reply, "{st}", key.c_str(), count));
  }
  check(sd_bus_message_close_container(reply));
}

// As control(), for methods that answer with counts.
template <Counts (*counts_of)(Server&)>
int counts(sd_bus_message* call, void* server, sd_bus_error* error) {
  try {
    sd_bus_message* reply = nullptr;
    check(sd_bus_message_new_method_return(call, &reply));
    const Message owner(reply);
    append_counts(counts_of(*static_cast<Server*>(server)), reply);
    return sd_bus_message_send(reply);
  } catch (const std::system_error& failure) {
    return sd_bus_error_set_errno(error, failure.code().value());
  }
}

constexpr std::uint64_t anyone = SD_BUS_VTABLE_UNPRIVILEGED;

const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("SetHeartbeat", "b", "", control<set_heartbeat>, anyone),
    SD_BUS_METHOD("SetSilent", "b", "", control<set_silent>, anyone),
    SD_BUS_METHOD("SetStats", "b", "", control<set_stats>, anyone),
    SD_BUS_METHOD("SetClientAllOps", "b", "", control<set_client_all_ops>, anyone),
    SD_BUS_METHOD("SetGrace", "b", "", control<set_grace>, anyone),
    SD_BUS_METHOD("Tick", "u", "", control<tick>, anyone),
    SD_BUS_METHOD("TickSome", "u", "", control<tick_some>, anyone),
    SD_BUS_METHOD("Reset", "", "", control<reset>, anyone),
    SD_BUS_METHOD("AddExport", "qs", "", control<add_export>, anyone),
    SD_BUS_METHOD("RemoveExport", "q", "", control<remove_export>, anyone),
    SD_BUS_METHOD("AddClient", "s", "", control<add_client>, anyone),
    SD_BUS_METHOD("RemoveClient", "s", "", control<remove_client>, anyone),
    SD_BUS_METHOD("SetClientActivity", "st", "", control<set_client_activity>, anyone),
    SD_BUS_METHOD("Malform", "sb", "", control<set_fault<Fault::malform>>, anyone),
    SD_BUS_METHOD("Fail", "sb", "", control<set_fault<Fault::fail>>, anyone),
    SD_BUS_METHOD("Pretend", "sb", "", control<set_fault<Fault::pretend>>, anyone),
    SD_BUS_METHOD("Refuse", "sb", "", control<set_fault<Fault::refuse>>, anyone),
    SD_BUS_METHOD("Lose", "sb", "", control<set_fault<Fault::lose>>, anyone),
    SD_BUS_METHOD("Calls", "", "a{st}", counts<calls_of>, anyone),
    SD_BUS_METHOD("PlayScene", "t", "", control<play_scene>, anyone),
    SD_BUS_METHOD("Playing", "", "a{st}", counts<playing_of>, anyone),
    SD_BUS_METHOD("Played", "", "a{st}", counts<played_by>, anyone),
    SD_BUS_METHOD("BeHonest", "", "", control<be_honest>, anyone),
    SD_BUS_METHOD("ReleaseName", "", "", control<release_name>, anyone),
    SD_BUS_METHOD("TakeName", "", "", control<take_name>, anyone),
    SD_BUS_VTABLE_END,
};

}  // namespace

void add_control(sd_bus* bus, Server& server) {
  check(sd_bus_add_object_vtable(bus, nullptr, "/test", "test.Control", vtable, &server));
}

}  // namespace fake
