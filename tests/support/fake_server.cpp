#include "fake_server.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

namespace fake {
namespace {

constexpr std::chrono::milliseconds quiet{30};

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
Message error_reply(sd_bus_message* call, const char* error_text) {
  const std::string interface = text(sd_bus_message_get_interface(call));
  const char* const name = interface.empty() ? SD_BUS_ERROR_UNKNOWN_INTERFACE : interface.c_str();
  sd_bus_message* error = nullptr;
  check(sd_bus_message_new_method_errorf(call, &error, name, "%s", error_text));
  return Message(error);
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
    if (hostile_) hostile_->send_due(bus_);
    play_next_scene_if_quiet();
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

void Server::play_next_scene_if_quiet() {
  if (!next_scene_ || Clock::now() - last_call_ < quiet) return;
  release_name();
  hostile_->play(*std::exchange(next_scene_, std::nullopt));
  next_beat_ = Clock::now();
  take_name();
}

void Server::be_honest() {
  next_scene_.reset();
  hostile_->be_honest(bus_);
  next_beat_ = Clock::now();
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
  last_call_ = Clock::now();
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
  Message reply = reply_by_table(call);
  if (hostile_) return hostile_->answer(bus_, call, std::move(reply));
  check(sd_bus_send(bus_, reply.get(), nullptr));
}

Message Server::reply_by_table(sd_bus_message* call) {
  const Method* const method = method_for(call);
  if (method == nullptr) return error_reply(call, sd_bus_message_get_member(call));
  sd_bus_message* raw = nullptr;
  check(sd_bus_message_new_method_return(call, &raw));
  Message reply(raw);
  try {
    method->answer(world_, call, raw);
  } catch (const CallError& error) {
    return error_reply(call, error.what());
  }
  return reply;
}

void Server::answer_with_fault(sd_bus_message* call, Fault fault) {
  switch (fault) {
    case Fault::malform:
      check(sd_bus_reply_method_return(call, "bs(tt)(ss)", 1, "OK", std::uint64_t{1}, std::uint64_t{2}, "not",
                                       "numbers"));
      return;
    case Fault::fail:
      check(sd_bus_send(bus_, error_reply(call, "failed on request").get(), nullptr));
      return;
    case Fault::pretend:
      check(sd_bus_reply_method_errorf(call, SD_BUS_ERROR_NO_REPLY, "pretended"));
      return;
    case Fault::refuse:
      check(sd_bus_reply_method_return(call, "bs", 0, "refused"));
      return;
    case Fault::lose:
      return;
  }
}

void Server::beat_if_due() {
  if (!beating_ || Clock::now() < next_beat_) return;
  next_beat_ = Clock::now() + period_;
  if (hostile_) {
    next_beat_ += hostile_->beat(bus_);
    return;
  }
  check(
      sd_bus_emit_signal(bus_, "/org/ganesha/nfsd/heartbeat", "org.ganesha.nfsd.admin", "heartbeat", "b", 1));
}

Server::Clock::time_point Server::next_event() const {
  const auto beat = beating_ ? next_beat_ : Clock::time_point::max();
  const auto scene = next_scene_ ? last_call_ + quiet : Clock::time_point::max();
  return hostile_ ? std::min({beat, scene, hostile_->next_due()}) : beat;
}

// SIGTERM is blocked but here, so that none can slip in between the look at stop and the sleep.
void Server::wait() {
  pollfd fd{.fd = check(sd_bus_get_fd(bus_)),
            .events = static_cast<short>(check(sd_bus_get_events(bus_))),
            .revents = 0};
  const auto next = next_event();
  const auto left = std::max<std::chrono::nanoseconds>(next - Clock::now(), std::chrono::seconds{0});
  const timespec timeout = to_timespec(left);
  sigset_t none;
  sigemptyset(&none);
  if (ppoll(&fd, 1, next == Clock::time_point::max() ? nullptr : &timeout, &none) < 0 && errno != EINTR)
    check(-errno);
}

}  // namespace fake
