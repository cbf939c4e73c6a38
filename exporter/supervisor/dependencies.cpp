#include "exporter/supervisor/dependencies.hpp"

#include <csignal>

namespace ganesha::exporter {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr milliseconds stop_timeout{2'000};
constexpr milliseconds between_attempts{10};

}  // namespace

Dependencies::Dependencies(asio::any_io_executor loop, dbus::Clock& clock, Log& log, dbus::Duration patience,
                           std::function<void()> on_end)
    : loop_(std::move(loop)), clock_(clock), log_(log), patience_(patience), on_end_(std::move(on_end)) {}

std::shared_ptr<Child> Dependencies::running(const std::string& name) const {
  for (const auto& one : running_)
    if (one.name == name && !one.child->exit()) return one.child;
  return nullptr;
}

asio::awaitable<std::optional<Failure>> Dependencies::start(const Dependency& service) {
  if (const auto before = running(service.name)) {
    auto failure = co_await until_answers(service, before);
    if (!failure || cancelled_) co_return failure;
    log_.warn(failure->why + "; it is started again", {{"output", failure->output}});
    co_await stop(service.name);
    if (cancelled_) co_return failure;
  }
  std::erase_if(running_, [&](const auto& one) { return one.name == service.name; });
  auto on_line = [&log = log_, name = service.name](const std::string& line) {
    log.info(line, {{"source", name}});
  };
  const auto started = Child::start(loop_, clock_, service.command(), {std::move(on_line), on_end_});
  if (!started) co_return Failure{"cannot start " + service.name + ": " + started.error().message(), {}};
  log_.info("Started " + service.name, {{"pid", std::to_string((*started)->pid())}});
  running_.push_back({service.name, *started, service.without_it});
  co_return co_await until_answers(service, *started);
}

asio::awaitable<std::optional<Failure>> Dependencies::until_answers(Dependency service,
                                                                    std::shared_ptr<Child> child) {
  const auto deadline = clock_.now() + patience_;
  while (!child->exit() && !cancelled_ && clock_.now() < deadline) {
    if (service.answers()) co_return std::nullopt;
    co_await child->ended(clock_.now() + between_attempts);
  }
  const auto how = child->exit() ? "ended with " + child->exit()->text() : "does not answer";
  co_return Failure{service.name + " cannot be started: it " + how, child->last_lines()};
}

std::optional<Failure> Dependencies::ended() {
  for (const auto& one : running_) one.child->check();
  for (const auto& one : running_) {
    if (one.child->exit() && one.without_it.empty())
      return Failure{one.name + " ended with " + one.child->exit()->text(), one.child->last_lines()};
  }
  std::erase_if(running_, [this](const Running& one) {
    if (one.child->exit()) note_loss(one);
    return one.child->exit().has_value();
  });
  return std::nullopt;
}

void Dependencies::note_loss(const Running& one) {
  log_.warn(one.name + " ended with " + one.child->exit()->text() +
                "; NFS-Ganesha continues without it: " + one.without_it,
            {{"output", one.child->last_lines()}});
}

asio::awaitable<void> Dependencies::stop() {
  while (!running_.empty()) {
    const auto last = running_.back();
    if (!last.child->exit()) co_await end(last.name, last.child);
    // Keep it listed until it is stopped: the reaper leaves it to its own watcher.
    running_.pop_back();
  }
}

asio::awaitable<void> Dependencies::stop(std::string name) {
  if (const auto child = running(name)) co_await end(name, child);
}

asio::awaitable<void> Dependencies::end(std::string name, std::shared_ptr<Child> child) {
  const bool clean = co_await child->stop(SIGTERM, clock_.now() + stop_timeout);
  if (!clean) log_.warn(name + " did not stop on SIGTERM and was killed");
}

bool Dependencies::owns(pid_t pid) const {
  for (const auto& one : running_)
    if (one.child->pid() == pid && !one.child->exit()) return true;
  return false;
}

}  // namespace ganesha::exporter
