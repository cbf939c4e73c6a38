// What the person at the terminal has chosen, and what each key changes of it. Knows no terminal.
#pragma once

#include <array>
#include <string>

#include "exporter/model/top_options.hpp"

namespace ganesha::exporter::top {

/// The choices for one table.
struct Choice {
  TopSort sort = TopSort::throughput;
  bool reversed = false;
  std::string filter;  ///< UTF-8
  unsigned page = 1;
};

struct View {
  explicit View(const TopOptions& flags);

  TopTable table;
  std::array<Choice, 2> choices;  ///< by TopTable
  bool paused = false;
  bool help = false;
  bool editing = false;       ///< the filter
  std::string former_filter;  ///< while editing

  Choice& choice() { return choices[static_cast<std::size_t>(table)]; }
  const Choice& choice() const { return choices[static_cast<std::size_t>(table)]; }
};

enum class KeyKind {
  character,
  left,
  right,
  up,
  down,
  page_up,
  page_down,
  home,
  end,
  enter,
  erase,
  escape,
  other
};

struct Key {
  KeyKind kind = KeyKind::other;
  wchar_t character = 0;
};

/// What a key asks for: nothing but a new look at the screen, other rows, or the end.
enum class Effect { redraw, fetch, quit };

/// `pages` is how many the table has.
Effect press(View& view, Key key, unsigned pages);

/// "throughput", as the flag and the exporter call it.
const char* name_of(TopSort sort);
const char* name_of(TopTable table);

/// Whether the smallest comes first; names are sorted upwards unless reversed, figures downwards.
bool ascending(const Choice& choice);

/// The path and query that ask the exporter for both tables, with `rows` a page.
std::string target(const View& view, unsigned rows);

}  // namespace ganesha::exporter::top
