// The terminal while `top` has it: taken with ncurses, drawn on, and given back as it was.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "exporter/top/screen.hpp"

namespace ganesha::exporter::top {

/// Of the terminal that standard output goes to, if it does.
std::optional<Size> size_of_output();

class Terminal {
 public:
  /// Takes the terminal of standard input and output; throws std::runtime_error when it cannot be drawn on.
  /// Handle SIGWINCH and SIGTSTP before: else ncurses does, in its own way.
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  Size size() const;
  void draw(const std::vector<Line>& lines);

  /// A key that has been pressed, if any.
  std::optional<Key> key();

  /// After SIGWINCH.
  void resize();

  /// Gives the terminal back for as long as the program is stopped; the next draw() takes it again.
  void suspend();

 private:
  void add_colours();
  int attributes(Style style) const;

  bool colours_ = false;
};

}  // namespace ganesha::exporter::top
