#include "call_window.hpp"

#include <algorithm>
#include <utility>

namespace ganesha::dbus {

bool CallWindow::is_awaited() const { return std::ranges::any_of(open_, &OpenCall::batch); }

void CallWindow::add(OpenCall call) { open_.push_back(std::move(call)); }

std::optional<OpenCall> CallWindow::take(std::uint64_t id) {
  const auto found = std::ranges::find(open_, id, &OpenCall::id);
  if (found == open_.end()) return std::nullopt;
  OpenCall call = std::move(*found);
  open_.erase(found);
  if (call.abandoned) --abandoned_;
  return call;
}

std::optional<OpenCall> CallWindow::take_last() {
  return open_.empty() ? std::nullopt : take(open_.back().id);
}

std::optional<TimePoint> CallWindow::deadline_of(const CallBatch& batch) const {
  const auto first = std::ranges::find(open_, &batch, &OpenCall::batch);
  return first == open_.end() ? std::nullopt : std::optional(first->deadline);
}

std::optional<OpenCall> CallWindow::expire(const CallBatch& batch, TimePoint now) {
  const auto first = std::ranges::find(open_, &batch, &OpenCall::batch);
  if (first == open_.end() || first->deadline > now) return std::nullopt;
  first->batch = nullptr;
  return *first;
}

void CallWindow::detach(const CallBatch& batch) {
  for (auto& call : open_)
    if (call.batch == &batch) call.batch = nullptr;
}

bool CallWindow::abandon_unanswered() {
  for (auto& call : open_) call.abandoned |= !call.batch;
  abandoned_ = static_cast<std::size_t>(std::ranges::count(open_, true, &OpenCall::abandoned));
  return abandoned_ > size_ / 2;
}

std::vector<Request> CallWindow::requests() const {
  std::vector<Request> requests;
  for (const auto& call : open_) requests.push_back(call.request);
  return requests;
}

}  // namespace ganesha::dbus
