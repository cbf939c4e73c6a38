#include "exporter/top/terminal.hpp"

// Else curses.h defines macros such as `erase` and `move`.
#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace ganesha::exporter::top {
namespace {

constexpr int escape_milliseconds = 25;

std::string name_of_terminal() {
  const char* const name = std::getenv("TERM");
  return name && *name ? name : "unknown";
}

bool can_place_the_cursor() {
  const char* const how = tigetstr("cup");
  // NOLINTNEXTLINE(performance-no-int-to-ptr): so the manual names the answer for what is no string.
  return how && how != reinterpret_cast<const char*>(-1);
}

bool colours_wanted() {
  const char* const no_color = std::getenv("NO_COLOR");
  return !no_color || !*no_color;
}

Key special_key(wint_t code) {
  switch (code) {
    case KEY_LEFT:
      return {KeyKind::left};
    case KEY_RIGHT:
      return {KeyKind::right};
    case KEY_UP:
      return {KeyKind::up};
    case KEY_DOWN:
      return {KeyKind::down};
    case KEY_PPAGE:
      return {KeyKind::page_up};
    case KEY_NPAGE:
      return {KeyKind::page_down};
    case KEY_HOME:
      return {KeyKind::home};
    case KEY_END:
      return {KeyKind::end};
    case KEY_ENTER:
      return {KeyKind::enter};
    case KEY_BACKSPACE:
      return {KeyKind::erase};
    default:
      return {KeyKind::other};
  }
}

Key plain_key(wint_t character) {
  constexpr wint_t escape = 0x1b, backspace = 0x08, del = 0x7f;
  switch (character) {
    case L'\r':
    case L'\n':
      return {KeyKind::enter};
    case escape:
      return {KeyKind::escape};
    case backspace:
    case del:
      return {KeyKind::erase};
    default:
      return {KeyKind::character, static_cast<wchar_t>(character)};
  }
}

}  // namespace

std::optional<Size> size_of_output() {
  winsize now{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) != 0 || now.ws_row == 0 || now.ws_col == 0)
    return std::nullopt;
  return Size{now.ws_col, now.ws_row};
}

Terminal::Terminal() {
  // initscr() would end the program where newterm() returns.
  SCREEN* const screen = newterm(nullptr, stdout, stdin);
  if (!screen || !can_place_the_cursor()) {
    if (screen) endwin();
    throw std::runtime_error("the terminal \"" + name_of_terminal() +
                             "\" cannot be drawn on; --batch prints");
  }
  cbreak();
  noecho();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  set_escdelay(escape_milliseconds);
  curs_set(0);
  add_colours();
}

Terminal::~Terminal() { endwin(); }

void Terminal::add_colours() {
  colours_ = colours_wanted() && has_colors() && start_color() == OK && use_default_colors() == OK;
  if (!colours_) return;
  init_pair(1, COLOR_GREEN, -1);
  init_pair(2, COLOR_RED, -1);
  init_pair(3, COLOR_YELLOW, -1);
}

int Terminal::attributes(Style style) const {
  const auto colour = [this](int pair) { return colours_ ? static_cast<int>(COLOR_PAIR(pair)) : 0; };
  switch (style) {
    case Style::plain:
      return 0;
    case Style::strong:
      return static_cast<int>(A_BOLD);
    case Style::good:
      return static_cast<int>(A_BOLD) | colour(1);
    case Style::bad:
      return static_cast<int>(A_BOLD) | colour(2);
    case Style::warning:
      return static_cast<int>(A_BOLD) | colour(3);
    case Style::faint:
      return static_cast<int>(A_DIM);
    case Style::title:
      return static_cast<int>(A_UNDERLINE);
    case Style::chosen:
      return static_cast<int>(A_REVERSE);
  }
  return 0;
}

Size Terminal::size() const {
  return {static_cast<std::size_t>(getmaxx(stdscr)), static_cast<std::size_t>(getmaxy(stdscr))};
}

void Terminal::draw(const std::vector<Line>& lines) {
  werase(stdscr);
  for (std::size_t y = 0; y < lines.size(); ++y) {
    wmove(stdscr, static_cast<int>(y), 0);
    for (const Span& span : lines[y]) {
      wattrset(stdscr, attributes(span.style));
      waddnwstr(stdscr, span.text.data(), static_cast<int>(span.text.size()));
    }
  }
  wattrset(stdscr, 0);
  wrefresh(stdscr);
}

std::optional<Key> Terminal::key() {
  wint_t code = 0;
  switch (wget_wch(stdscr, &code)) {
    case OK:
      return plain_key(code);
    case KEY_CODE_YES:
      if (code == KEY_RESIZE) return key();  // pressed by resizeterm() and nobody else
      return special_key(code);
    default:
      return std::nullopt;
  }
}

void Terminal::resize() {
  if (const auto now = size_of_output())
    resizeterm(static_cast<int>(now->lines), static_cast<int>(now->columns));
}

void Terminal::suspend() { endwin(); }

}  // namespace ganesha::exporter::top
