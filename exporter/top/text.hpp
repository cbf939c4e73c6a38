// Text for a terminal: what comes from outside is sanitized, and columns are counted as they are shown. Every
// line of `top` is made of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ganesha::exporter::top {

/// `utf8` wants a locale with LC_CTYPE UTF-8, which knows the widths; `ascii` has ? for all other characters.
enum class Charset { utf8, ascii };

/// `text` (UTF-8) with a ? for each character that is not shown as itself: control characters, those that
/// change the direction of writing, and what the charset lacks; µ is u in ASCII.
std::wstring sanitize(std::string_view text, Charset charset);

/// How many columns it takes, of what sanitize() returned.
std::size_t width(std::wstring_view text);

enum class Align { left, right };
enum class Cut { begin, end };

/// Exactly `columns` wide: padded, or cut with an ellipsis in place of what is missing.
std::wstring pad_or_truncate(std::wstring_view text, std::size_t columns, Align align, Cut cut,
                             Charset charset);

enum class Style { plain, strong, good, bad, warning, faint, title, chosen };

struct Span {
  std::wstring text;
  Style style = Style::plain;
};

using Line = std::vector<Span>;

std::size_t width(const Line& line);

/// As UTF-8, without styles and without blanks at its end.
std::string plain_text(const Line& line);

}  // namespace ganesha::exporter::top
