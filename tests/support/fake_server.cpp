#include "fake_server.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

namespace fake {
namespace {

std::string text(const char* maybe_null) { return maybe_null == nullptr ? "" : maybe_null; }

std::string route(const std::string& path, const std::string& interface, const std::string& member) {
  return path + ' ' + interface + '.' + member;
}

// `clientstats.GetNFSv3IO` of org.ganesha.nfsd.clientstats and GetNFSv3IO
std::string key_of(const std::string& interface, const std::string& member) {
  const std::size_t dot = interface.rfind('.');
  return (dot == std::string::npos ? interface : interface.substr(dot + 1)) + '.' + member;
}

// Ganesha names its DBus errors after the interface called.
void send_error(sd_bus_message* call, const char* error_text) {
  const std::string interface = text(sd_bus_message_get_interface(call));
  const char* const name = interface.empty() ? SD_BUS_ERROR_UNKNOWN_INTERFACE : interface.c_str();
  check(sd_bus_reply_method_errorf(call, name, "%s", error_text));
}

timespec to_timespec(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

}  // namespace

Server::Server(sd_bus* bus, std::string name, World world, std::chrono::milliseconds heartbeat_period)
    : bus_(bus),
      name_(std::move(name)),
      world_(std::move(world)),
      period_(heartbeat_period),
      beating_(period_.count() > 0) {
  for (const Method& method : world_.methods) {
    table_[route(std::string(object_root) + method.object, method.interface, method.name)] = &method;
  }
  check(sd_bus_add_filter(bus_, nullptr, on_message, this));
}

void Server::run(const volatile std::sig_atomic_t& stop) {
  while (stop == 0) {
    beat_if_due();
    if (check(sd_bus_process(bus_, nullptr)) == 0) wait();
  }
}

void Server::take_name() { check(sd_bus_request_name(bus_, name_.c_str(), 0)); }

void Server::release_name() { check(sd_bus_release_name(bus_, name_.c_str())); }

void Server::set_heartbeat(bool on) {
  beating_ = on && period_.count() > 0;
  next_beat_ = Clock::now();
}

void Server::set_silent(bool on) {
  silent_ = on;
  if (silent_) return;
  for (const Message& call : std::exchange(held_, {})) answer(call.get());
}

void Server::set_fault(Fault fault, const std::string& method, bool on) {
  if (on) {
    faults_[fault].insert(method);
  } else {
    faults_[fault].erase(method);
  }
}

// No exception may pass through sd-bus's frames: a failure is told on stderr and answered as an error.
int Server::on_message(sd_bus_message* message, void* server, sd_bus_error*) {
  const bool is_call = sd_bus_message_is_method_call(message, nullptr, nullptr) > 0;
  const bool is_ours = text(sd_bus_message_get_path(message)).starts_with(object_root);
  if (!is_call || !is_ours) return 0;
  try {
    static_cast<Server*>(server)->take(message);
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "fake_ganesha: %s: %s\n", sd_bus_message_get_member(message), error.what());
    return -error.code().value();
  }
  return 1;
}

void Server::take(sd_bus_message* call) {
  ++calls_[key_of(text(sd_bus_message_get_interface(call)), text(sd_bus_message_get_member(call)))];
  if (method_for(call) == nullptr) ++calls_["unknown_methods"];
  if (!silent_) return answer(call);
  held_.emplace_back(sd_bus_message_ref(call));
  max_unanswered_ = std::max(max_unanswered_, held_.size());
}

const Method* Server::method_for(sd_bus_message* call) const {
  const auto found =
      table_.find(route(text(sd_bus_message_get_path(call)), text(sd_bus_message_get_interface(call)),
                        text(sd_bus_message_get_member(call))));
  return found == table_.end() ? nullptr : found->second;
}

std::optional<Fault> Server::fault_of(const std::string& key, const std::string& member) const {
  for (const auto& [fault, methods] : faults_) {
    if (methods.contains(key) || methods.contains(member)) return fault;
  }
  return std::nullopt;
}

void Server::answer(sd_bus_message* call) {
  const std::string member = text(sd_bus_message_get_member(call));
  const auto fault = fault_of(key_of(text(sd_bus_message_get_interface(call)), member), member);
  if (fault) return answer_with_fault(call, *fault);
  answer_by_table(call);
}

void Server::answer_by_table(sd_bus_message* call) {
  const Method* const method = method_for(call);
  if (method == nullptr) return send_error(call, sd_bus_message_get_member(call));
  sd_bus_message* reply = nullptr;
  check(sd_bus_message_new_method_return(call, &reply));
  const Message owner(reply);
  try {
    method->answer(world_, call, reply);
  } catch (const CallError& error) {
    return send_error(call, error.what());
  }
  check(sd_bus_send(bus_, reply, nullptr));
}

void Server::answer_with_fault(sd_bus_message* call, Fault fault) {
  switch (fault) {
    case Fault::malform:
      check(sd_bus_reply_method_return(call, "bs(tt)(ss)", 1, "OK", std::uint64_t{1}, std::uint64_t{2}, "not",
                                       "numbers"));
      return;
    case Fault::fail:
      return send_error(call, "failed on request");
    case Fault::refuse:
      check(sd_bus_reply_method_return(call, "bs", 0, "refused"));
      return;
    case Fault::lose:
      return;
  }
}

void Server::beat_if_due() {
  if (!beating_ || Clock::now() < next_beat_) return;
  check(
      sd_bus_emit_signal(bus_, "/org/ganesha/nfsd/heartbeat", "org.ganesha.nfsd.admin", "heartbeat", "b", 1));
  next_beat_ = Clock::now() + period_;
}

// SIGTERM is blocked but here, so that none can slip in between the look at stop and the sleep.
void Server::wait() {
  pollfd fd{.fd = check(sd_bus_get_fd(bus_)),
            .events = static_cast<short>(check(sd_bus_get_events(bus_))),
            .revents = 0};
  const auto left = std::max<std::chrono::nanoseconds>(next_beat_ - Clock::now(), std::chrono::seconds{0});
  const timespec timeout = to_timespec(left);
  sigset_t none;
  sigemptyset(&none);
  if (ppoll(&fd, 1, beating_ ? &timeout : nullptr, &none) < 0 && errno != EINTR) check(-errno);
}

}  // namespace fake
