// A queue of bounded length that no client can fill for others: clients take turns. Does no I/O.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ganesha::exporter {

/// Each item gets a turn: the one after the last of its client, or the next one if its client has none
/// waiting. The smallest turn goes first, and the largest is dropped. So an item of a client that has nothing
/// else in the queue waits for one item each of other clients, however many those have.
template <class Item>
class FairQueue {
 public:
  explicit FairQueue(std::size_t most) : most_(most) {}

  /// What found no place: the item itself, or one with a later turn.
  std::optional<Item> push(const std::string& client, Item item) {
    waiting_.push_back({client, turn_for(client), std::move(item)});
    if (waiting_.size() <= most_) return std::nullopt;
    // Of equal turns the newest, which is the first from behind.
    const auto last = std::ranges::max_element(waiting_.rbegin(), waiting_.rend(), {}, &Place::turn);
    return take(std::prev(last.base()));
  }

  /// None if nothing waits.
  std::optional<Item> pop() {
    if (waiting_.empty()) return std::nullopt;
    const auto next = std::ranges::min_element(waiting_, {}, &Place::turn);
    turn_ = next->turn;
    return take(next);
  }

  std::size_t size() const { return waiting_.size(); }

 private:
  struct Place {
    std::string client;
    std::uint64_t turn;
    Item item;
  };
  using Places = std::vector<Place>;

  std::uint64_t turn_for(const std::string& client) const {
    std::uint64_t last = turn_;
    for (const Place& place : waiting_)
      if (place.client == client) last = std::max(last, place.turn);
    return last + 1;
  }

  Item take(typename Places::iterator place) {
    Item item = std::move(place->item);
    waiting_.erase(place);
    return item;
  }

  std::size_t most_;
  std::uint64_t turn_ = 0;  // of the last item that was popped
  Places waiting_;          // in the order of their coming
};

}  // namespace ganesha::exporter
