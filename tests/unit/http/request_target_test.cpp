#include "exporter/http/request_target.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {
using namespace ganesha::exporter;

struct Case {
  const char *target, *path, *query;
};

TEST(ARequestTarget, IsAPathWithAQueryOrAUrl) {
  for (const auto& [target, path, query] : std::vector<Case>{{"/", "/", ""},
                                                             {"/a%2F?b?c", "/a%2F", "b?c"},
                                                             {"/?", "/", ""},
                                                             {"//a", "//a", ""},
                                                             {"/x?u=http://a/b", "/x", "u=http://a/b"},
                                                             {"http://t:1/p?q", "/p", "q"},
                                                             {"HTTPS://t", "/", ""},
                                                             {"http://t?q", "/", "q"},
                                                             {"http://[::1]:80/p", "/p", ""},
                                                             {"*", "*", ""}}) {
    const auto found = parse_request_target(target);
    ASSERT_TRUE(found) << target;
    EXPECT_EQ(found->path, path) << target;
    EXPECT_EQ(found->query, query) << target;
  }
}

TEST(ARequestTarget, IsNothingElse) {
  for (const auto* target : {"%2Fmetrics", "metrics", "", "?q", "x?u=://h/metrics", "ftp://h/metrics", "h:80",
                             "*/metrics", "\\metrics"})
    EXPECT_FALSE(parse_request_target(target)) << target;
}

}  // namespace
