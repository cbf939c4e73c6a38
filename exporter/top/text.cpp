#include "exporter/top/text.hpp"

#include <wchar.h>

#include <algorithm>
#include <boost/locale/encoding_utf.hpp>

#include "exporter/base/text.hpp"

namespace ganesha::exporter::top {
namespace {

constexpr wchar_t unknown = L'?';

bool is_shown(wchar_t c, Charset charset) {
  if (c < 0x80) return c >= L' ' && c != 0x7f;
  return charset == Charset::utf8 && ::wcwidth(c) >= 0 && !is_deceptive(static_cast<char32_t>(c));
}

std::size_t columns_of(wchar_t c) { return static_cast<std::size_t>(std::max(::wcwidth(c), 0)); }

// How many characters from the front fit, with the marks that belong to the last one.
std::size_t fitting(std::wstring_view text, std::size_t columns) {
  std::size_t count = 0, used = 0;
  while (count < text.size() && used + columns_of(text[count]) <= columns) used += columns_of(text[count++]);
  return count;
}

// Where the text may begin so that the rest fits; never at a mark that belongs to the one before.
std::size_t fitting_from(std::wstring_view text, std::size_t columns) {
  std::size_t first = text.size(), begin = first, used = 0;
  while (first > 0 && used + columns_of(text[first - 1]) <= columns) {
    used += columns_of(text[--first]);
    if (columns_of(text[first]) > 0) begin = first;
  }
  return begin;
}

std::wstring cut_to(std::wstring_view text, std::size_t columns, Cut cut, Charset charset) {
  const std::wstring ellipsis = charset == Charset::utf8 ? L"…" : L"~";
  if (columns == 0) return {};
  if (cut == Cut::end) return std::wstring(text.substr(0, fitting(text, columns - 1))) + ellipsis;
  return ellipsis + std::wstring(text.substr(fitting_from(text, columns - 1)));
}

}  // namespace

std::wstring sanitize(std::string_view text, Charset charset) {
  std::wstring wide = boost::locale::conv::utf_to_utf<wchar_t>(text.data(), text.data() + text.size());
  if (charset == Charset::ascii) std::replace(wide.begin(), wide.end(), L'µ', L'u');
  std::replace_if(
      wide.begin(), wide.end(), [charset](wchar_t c) { return !is_shown(c, charset); }, unknown);
  // It would combine with what stands before, which may be in another row.
  if (!wide.empty() && columns_of(wide.front()) == 0) wide.front() = unknown;
  return wide;
}

std::size_t width(std::wstring_view text) {
  std::size_t columns = 0;
  for (const wchar_t c : text) columns += columns_of(c);
  return columns;
}

std::wstring pad_or_truncate(std::wstring_view text, std::size_t columns, Align align, Cut cut,
                             Charset charset) {
  std::wstring result = width(text) <= columns ? std::wstring(text) : cut_to(text, columns, cut, charset);
  const std::size_t missing = columns - width(result);
  result.insert(align == Align::left ? result.end() : result.begin(), missing, L' ');
  return result;
}

std::size_t width(const Line& line) {
  std::size_t columns = 0;
  for (const Span& span : line) columns += width(span.text);
  return columns;
}

std::string plain_text(const Line& line) {
  std::wstring text;
  for (const Span& span : line) text += span.text;
  text.erase(text.find_last_not_of(L' ') + 1);
  return boost::locale::conv::utf_to_utf<char>(text);
}

}  // namespace ganesha::exporter::top
