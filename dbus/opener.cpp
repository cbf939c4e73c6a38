#include "opener.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace ganesha::dbus {

namespace asio = boost::asio;

struct Opener::Attempt {
  std::atomic<bool> given_up = false;
  std::optional<Opened> outcome;
};

struct Opener::State {
  explicit State(Clock& clock) : changed(clock) {}

  std::size_t running = 0;
  bool stopping = false;
  Condition changed;
};

Opener::Opener(asio::any_io_executor loop, asio::any_io_executor worker, Clock& clock, Open open)
    : loop_(std::move(loop)),
      worker_(std::move(worker)),
      clock_(clock),
      open_(std::move(open)),
      state_(std::make_shared<State>(clock)) {}

Opener::~Opener() { stop(); }

void Opener::stop() {
  state_->stopping = true;
  if (attempt_) attempt_->given_up = true;
  state_->changed.notify_all();
}

bool Opener::idle() const noexcept { return state_->running == 0; }

asio::awaitable<Opener::Opened> Opener::open(Duration limit) {
  const auto state = state_;
  const auto deadline = clock_.now() + limit;
  bool in_time = true;
  while (in_time && !state->stopping && state->running >= most)
    in_time = co_await state->changed.wait_until(deadline);
  if (!in_time || state->stopping) co_return Error{errc::timed_out, {}};
  start();
  const auto attempt = attempt_;
  while (in_time && !state->stopping && !attempt->outcome)
    in_time = co_await state->changed.wait_until(deadline);
  attempt->given_up = true;
  if (!attempt->outcome) co_return Error{errc::timed_out, {}};
  co_return *std::move(attempt->outcome);
}

// An exception would end the program: it runs on a thread of its own.
Opener::Opened Opener::open_safely(const Open& open, const std::atomic<bool>& given_up) {
  try {
    return open(given_up);
  } catch (const std::exception& error) {
    return Error{errc::not_connected, error.what()};
  }
}

void Opener::start() {
  attempt_ = std::make_shared<Attempt>();
  ++state_->running;
  asio::post(worker_, [loop = loop_, open = open_, state = state_, attempt = attempt_] {
    auto take = [state, attempt, opened = open_safely(open, attempt->given_up)]() mutable {
      --state->running;
      attempt->outcome = std::move(opened);
      state->changed.notify_all();
    };
    asio::post(loop, std::move(take));
  });
}

}  // namespace ganesha::dbus
