// Long lists are worked on a part at a time: between two parts the loop does its other work, so that a poll
// of tens of thousands of clients delays no request. Used by the collectors.
#pragma once

#include <cstddef>

#include "dbus/ask.hpp"

namespace ganesha::exporter {

// About a millisecond's worth.
inline constexpr std::size_t entries_per_turn = 500;

using dbus::next_turn;

// Counts the entries of a loop: `if (turn.is_over()) co_await next_turn();`
class Turn {
 public:
  bool is_over() { return ++entries_ % entries_per_turn == 0; }

 private:
  std::size_t entries_ = 0;
};

}  // namespace ganesha::exporter
