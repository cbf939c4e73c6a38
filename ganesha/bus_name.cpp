#include "bus_name.hpp"

#include <algorithm>
#include <cctype>
#include <climits>

namespace ganesha {
namespace {

constexpr const char* plain_name = "org.ganesha.nfsd";

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_letter_or_digit(char c) { return is_letter(c) || std::isdigit(static_cast<unsigned char>(c)); }

}  // namespace

std::string bus_name(const std::string& prefix) {
  const bool valid = !prefix.empty() && is_letter(prefix.front()) &&
                     std::all_of(prefix.begin(), prefix.end(), is_letter_or_digit);
  if (!valid) return plain_name;
  const auto name = prefix + '.' + plain_name;
  // A name on the bus has 255 characters at most, as a file's name has.
  return name.size() < NAME_MAX ? name : plain_name;
}

}  // namespace ganesha
