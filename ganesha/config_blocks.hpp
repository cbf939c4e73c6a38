// The relevant blocks of a ganesha.conf as they are written: names, keys and values. config.cpp interprets
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ganesha/config_tokens.hpp"

namespace ganesha {

// key = value, value; Names of keys and blocks are in lower case: the server ignores case.
struct ConfigStatement {
  std::string key;
  std::vector<ConfigToken> values;
};

struct ConfigBlock {
  std::string name;
  std::vector<ConfigStatement> statements;  // those of inner blocks are left out
};

std::string lower(std::string_view text);

// The outermost blocks that have one of `names`, in their order.
std::vector<ConfigBlock> config_blocks(ConfigTokens& tokens, const std::vector<std::string_view>& names);

}  // namespace ganesha
