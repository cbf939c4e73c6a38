#include "config.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <vector>

namespace ganesha {
namespace {

namespace fs = std::filesystem;

constexpr int deepest_include = 16;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// ---- tokens: one of { } = ; , or a word; strings are words without their quotes ----

struct Token {
  char mark = 0;  // 0: a word
  std::string word;
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) {}

  std::optional<Token> next() {
    skip();
    if (rest_.empty()) return std::nullopt;
    const char first = rest_.front();
    if (is_mark(first)) {
      rest_.remove_prefix(1);
      return Token{first, {}};
    }
    if (first == '"' || first == '\'') return Token{0, string(first)};
    return Token{0, word()};
  }

 private:
  static bool is_mark(char c) { return std::strchr("{}=;,", c) && c != '\0'; }
  static bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
  static bool ends_word(char c) { return is_blank(c) || is_mark(c) || c == '#' || c == '"' || c == '\''; }

  void skip() {
    while (!rest_.empty() && (is_blank(rest_.front()) || rest_.front() == '#')) {
      const bool comment = rest_.front() == '#';
      rest_.remove_prefix(comment ? std::min(rest_.find('\n'), rest_.size()) : 1);
    }
  }

  std::string string(char quote) {
    std::string out;
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != quote) {
      if (rest_.front() == '\\' && quote == '"' && rest_.size() > 1) rest_.remove_prefix(1);
      out += rest_.front();
      rest_.remove_prefix(1);
    }
    if (!rest_.empty()) rest_.remove_prefix(1);
    return out;
  }

  std::string word() {
    const auto end = std::find_if(rest_.begin(), rest_.end(), ends_word);
    const std::string out(rest_.begin(), end);
    rest_.remove_prefix(out.size());
    return out;
  }

  std::string_view rest_;
};

// ---- values ----

template <class Number>
void take_number(const std::string& text, Number& into) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) into = number;
}

void take_flag(const std::string& text, bool& into) {
  const auto word = lower(text);
  if (word == "true" || word == "yes" || word == "on" || word == "1") into = true;
  if (word == "false" || word == "no" || word == "off" || word == "0") into = false;
}

void take_protocols(const std::vector<std::string>& values, Config& config) {
  config.nfsv3 = config.nfsv4 = false;
  for (const auto& value : values) {
    const auto name = lower(value);
    const bool all = name == "all";
    config.nfsv3 |= all || name == "3" || name == "v3" || name == "nfs3" || name == "nfsv3";
    config.nfsv4 |= all || name == "4" || name == "v4" || name == "nfs4" || name == "nfsv4";
  }
}

void take(const std::string& key, const std::vector<std::string>& values, Config& config) {
  if (values.empty()) return;
  const auto& value = values.front();
  if (key == "nfs_port") take_number(value, config.nfs_port);
  if (key == "bind_addr") config.bind_address = value;
  if (key == "protocols" || key == "nfs_protocols") take_protocols(values, config);
  if (key == "enable_nlm") take_flag(value, config.nlm);
  if (key == "enable_rquota") take_flag(value, config.rquota);
  if (key == "heartbeat_freq") {
    auto milliseconds = config.heartbeat.count();
    take_number(value, milliseconds);
    config.heartbeat = std::chrono::milliseconds(milliseconds);
  }
}

// ---- blocks ----

// Nothing, with errno, where it cannot be read.
std::optional<std::string> content(const fs::path& file) {
  std::error_code ignored;
  const bool folder = fs::is_directory(file, ignored);
  errno = 0;
  std::ifstream stream(folder ? fs::path() : file, std::ios::binary);
  if (folder) errno = EISDIR;
  if (!stream.is_open()) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

class Reader {
 public:
  explicit Reader(Config& config) : config_(config) {}

  void read(std::string_view text, const fs::path& folder, int depth) {
    Tokens tokens(text);
    while (auto token = tokens.next()) {
      if (lower(token->word) == "%include") {
        include(tokens, folder, depth);
        continue;
      }
      if (token->mark)
        mark(token->mark);
      else
        words_.push_back(std::move(token->word));
    }
  }

 private:
  void include(Tokens& tokens, const fs::path& folder, int depth) {
    const auto name = tokens.next();
    if (!name || name->mark || depth == deepest_include) return;
    const fs::path file = folder / name->word;
    // The server itself says that it is missing.
    if (const auto text = content(file)) read(*text, file.parent_path(), depth + 1);
  }

  void mark(char mark) {
    if (mark == ',') return;
    if (mark == '=') {
      key_ = words_.empty() ? "" : lower(words_.back());
    } else if (mark == '{') {
      blocks_.push_back(words_.empty() ? "" : lower(words_.back()));
    } else {
      if (blocks_.size() == 1 && blocks_.front() == "nfs_core_param") take(key_, words_, config_);
      key_.clear();
      if (mark == '}' && !blocks_.empty()) blocks_.pop_back();
    }
    words_.clear();
  }

  Config& config_;
  std::vector<std::string> blocks_;
  std::vector<std::string> words_;  // since the last mark but for commas
  std::string key_;
};

}  // namespace

Config parse_config(std::string_view text, const fs::path& folder) {
  Config config;
  Reader(config).read(text, folder, 0);
  return config;
}

Config read_config(const fs::path& file) {
  const auto text = content(file);
  if (!text) throw std::runtime_error("cannot read " + file.string() + ": " + std::strerror(errno));
  return parse_config(*text, file.parent_path());
}

}  // namespace ganesha
