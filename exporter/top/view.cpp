#include "exporter/top/view.hpp"

#include <algorithm>
#include <boost/locale/encoding_utf.hpp>

#include "exporter/base/url.hpp"

namespace ganesha::exporter::top {
namespace {

constexpr std::size_t longest_filter = 200;

Effect new_rows(View& view) {
  view.state().page = 1;
  return Effect::fetch;
}

Effect other_table(View& view) {
  view.table = view.table == TopTable::exports ? TopTable::clients : TopTable::exports;
  return Effect::fetch;
}

Effect other_sort(View& view, std::size_t steps) {
  TopSort& sort = view.state().sort;
  sort = static_cast<TopSort>((static_cast<std::size_t>(sort) + steps) % top_sort_names.size());
  return new_rows(view);
}

Effect turn_to(View& view, unsigned page, unsigned pages) {
  view.state().page = std::clamp(page, 1U, std::max(pages, 1U));
  return Effect::fetch;
}

Effect edit(View& view) {
  view.editing = true;
  view.former_filter = view.state().filter;
  return Effect::redraw;
}

Effect pause(View& view) {
  view.paused = !view.paused;
  return view.paused ? Effect::redraw : Effect::fetch;
}

Effect help(View& view) {
  view.help = true;
  return Effect::redraw;
}

Effect no_filter(View& view) {
  if (view.state().filter.empty()) return Effect::redraw;
  view.state().filter.clear();
  return new_rows(view);
}

Effect press_character(View& view, wchar_t character) {
  switch (character) {
    case L'q':
    case L'Q':
      return Effect::quit;
    case L'\t':
      return other_table(view);
    case L's':
    case L'>':
      return other_sort(view, 1);
    case L'S':
    case L'<':
      return other_sort(view, top_sort_names.size() - 1);
    case L'r':
      view.state().reversed = !view.state().reversed;
      return new_rows(view);
    case L'/':
      return edit(view);
    case L' ':
      return pause(view);
    case L'h':
    case L'?':
      return help(view);
    default:
      return Effect::redraw;
  }
}

void erase_last(std::string& text) {
  while (!text.empty() && (text.back() & 0xc0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

Effect apply_filter(View& view) {
  view.editing = false;
  return Effect::redraw;
}

Effect discard_filter(View& view) {
  view.editing = false;
  view.state().filter = view.former_filter;
  return new_rows(view);
}

Effect press_while_editing(View& view, Key key) {
  std::string& filter = view.state().filter;
  if (key.kind == KeyKind::enter) return apply_filter(view);
  if (key.kind == KeyKind::escape) return discard_filter(view);
  if (key.kind == KeyKind::erase) {
    erase_last(filter);
  } else if (key.kind == KeyKind::character && key.character >= L' ' && filter.size() < longest_filter) {
    filter += boost::locale::conv::utf_to_utf<char>(&key.character, &key.character + 1);
  } else {
    return Effect::redraw;
  }
  return new_rows(view);
}

}  // namespace

View::View(const TopOptions& flags) : table(flags.table) {
  state() = {flags.sort, flags.reverse, flags.filter, 1};
}

Effect press(View& view, Key key, unsigned pages) {
  if (view.help) {
    view.help = false;
    return Effect::redraw;
  }
  if (view.editing) return press_while_editing(view, key);
  const unsigned page = view.state().page;
  switch (key.kind) {
    case KeyKind::character:
      return press_character(view, key.character);
    case KeyKind::left:
    case KeyKind::right:
      return other_table(view);
    case KeyKind::up:
    case KeyKind::page_up:
      return turn_to(view, page - 1, pages);
    case KeyKind::down:
    case KeyKind::page_down:
      return turn_to(view, page + 1, pages);
    case KeyKind::home:
      return turn_to(view, 1, pages);
    case KeyKind::end:
      return turn_to(view, pages, pages);
    case KeyKind::escape:
      return no_filter(view);
    default:
      return Effect::redraw;
  }
}

const char* name_of(TopSort sort) { return top_sort_names[static_cast<std::size_t>(sort)]; }

const char* name_of(TopTable table) { return top_table_names[static_cast<std::size_t>(table)]; }

bool ascending(const TableState& state) { return (state.sort == TopSort::name) != state.reversed; }

std::string target(const View& view, unsigned rows) {
  std::string query;
  for (const TopTable table : {TopTable::exports, TopTable::clients}) {
    const TableState& state = view.states[static_cast<std::size_t>(table)];
    const auto add = [&query, name = std::string(name_of(table))](const char* key, const std::string& value) {
      query += (query.empty() ? "?" : "&") + name + "." + key + "=" + value;
    };
    add("sort", name_of(state.sort));
    add("order", ascending(state) ? "asc" : "desc");
    add("filter", percent_encoded(state.filter));
    add("page", std::to_string(state.page));
    add("per_page", std::to_string(rows));
  }
  return "/api/v1/status" + query;
}

}  // namespace ganesha::exporter::top
