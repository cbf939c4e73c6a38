// Replaces the addresses, paths and names of a site in a recording: the same one always by the same other
// one. Recording owns one.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace ganesha::exporter {

// What a text of the server may hold.
enum class Text {
  names,  // names an export or a client, unless it is a word of Ganesha's such as NFSv3
  mixed,  // words of Ganesha's, among which addresses and paths may stand
};

class Pseudonyms {
 public:
  // None of `taken` is used as a pseudonym: the site itself may use the addresses that examples use.
  explicit Pseudonyms(std::set<std::string> taken = {}) : taken_(std::move(taken)) {}

  // The text with all that it names replaced.
  std::string replace(Text kind, const std::string& text);
  // What was replaced so far.
  std::set<std::string> originals() const;

 private:
  using Make = std::function<std::string(std::size_t number)>;

  std::string replace_name(const std::string& text);
  std::string replace_within(std::string_view text);
  std::size_t length_of_path(std::string_view text) const;
  std::string replace_path(const std::string& path);
  std::string replace_address(std::string_view text);
  std::string pseudonym(const std::string& original, std::string_view kind, const Make& make);

  std::set<std::string> taken_;
  std::map<std::string, std::string> known_;
  std::set<std::string> paths_;                            // among the known
  std::map<std::string, std::size_t, std::less<>> given_;  // by kind
};

}  // namespace ganesha::exporter
