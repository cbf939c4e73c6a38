// A ganesha.conf and all that it includes as one sequence of tokens, by the rules of the server's own lexer
// (src/config_parsing/conf_lex.l). config_blocks.cpp makes blocks of them.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ganesha {

// One of { } = ; , or a word; a string is a word without its quotes.
struct ConfigToken {
  char mark = 0;  // 0: a word
  std::string text;
  bool quoted = false;

  bool operator==(const ConfigToken&) const = default;
};

class ConfigTokens {
 public:
  // Throws std::runtime_error when the main file cannot be read.
  explicit ConfigTokens(const std::string& main_file);

  std::optional<ConfigToken> next();
  // What could not be read, a text each.
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  struct File {
    std::string text;
    std::size_t at = 0;

    std::string_view rest() const { return std::string_view(text).substr(at); }
  };

  std::optional<ConfigToken> next_of_file();
  void skip_blanks();
  ConfigToken mark_token();
  ConfigToken double_quoted();
  ConfigToken single_quoted();
  ConfigToken word();
  bool follow(const ConfigToken& directive);
  void include(const std::string& name);
  void include_dir(const std::string& name);
  void push(const std::string& file);

  std::string folder_;  // where relative names start
  std::vector<File> files_;
  std::set<std::string> seen_;
  std::size_t bytes_ = 0;
  int depth_ = 0;
  std::vector<std::string> unknown_;
};

}  // namespace ganesha
