// What the person at the terminal has chosen, and what each key changes. Knows no terminal.
#pragma once

#include <array>
#include <string>

#include "exporter/model/top_options.hpp"

namespace ganesha::exporter::top {

/// What was chosen for one table.
struct TableState {
  TopSort sort = TopSort::throughput;
  bool reversed = false;
  std::string filter;  ///< UTF-8
  unsigned page = 1;
};

struct View {
  explicit View(const TopOptions& flags);

  TopTable table;
  std::array<TableState, 2> states;  ///< by TopTable
  bool paused = false;
  bool help = false;
  bool editing = false;       ///< the filter
  std::string former_filter;  ///< while editing

  TableState& state() { return states[static_cast<std::size_t>(table)]; }
  const TableState& state() const { return states[static_cast<std::size_t>(table)]; }
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

/// What to do after a key: redraw the screen, fetch other rows, or quit.
enum class Effect { redraw, fetch, quit };

/// `pages` is how many the table has.
Effect press(View& view, Key key, unsigned pages);

/// "throughput", as the flag and the exporter call it.
const char* name_of(TopSort sort);
const char* name_of(TopTable table);

/// Whether the smallest comes first; names are sorted ascending unless reversed, values descending.
bool ascending(const TableState& state);

/// The path and query of the request for both tables, with `rows` a page.
std::string target(const View& view, unsigned rows);

}  // namespace ganesha::exporter::top
