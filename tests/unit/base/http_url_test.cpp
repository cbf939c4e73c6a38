#include "exporter/base/http_url.hpp"

#include <gtest/gtest.h>

namespace {

using namespace ganesha::exporter;

TEST(AnHttpUrl, HasHostPortAndPath) {
  EXPECT_EQ(parse_http_url("http://10.0.0.1:9587/metrics"), (HttpUrl{"10.0.0.1", 9587, "/metrics"}));
  EXPECT_EQ(parse_http_url("http://nfs.example.com:9587/a/b?c=d&e"),
            (HttpUrl{"nfs.example.com", 9587, "/a/b?c=d&e"}));
  EXPECT_EQ(parse_http_url("http://[::1]:9587/"), (HttpUrl{"::1", 9587, "/"}));
}

TEST(AnHttpUrl, HasPort80AndTheUsualPathWhereItNamesNone) {
  EXPECT_EQ(parse_http_url("http://localhost"), (HttpUrl{"localhost", 80, "/metrics"}));
  EXPECT_EQ(parse_http_url("http://localhost:9587"), (HttpUrl{"localhost", 9587, "/metrics"}));
}

TEST(AnHttpUrl, IsRefusedWhereItCannotBeAsked) {
  for (const char* odd : {"", "localhost:9587", "https://localhost:9587/metrics", "http://",
                          "http:///metrics", "http://:9587/metrics", "http://host:0/", "http://host:70000/",
                          "http://user@host/", "http://host/a b", "http://host/a#b", "http://host/\n",
                          "http://host?query", "http://unix:/run/sock", "HTTP://host/"})
    EXPECT_EQ(parse_http_url(odd), std::nullopt) << odd;
}

TEST(AnHttpUrl, IsWrittenWithItsPort) {
  for (const char* url : {"http://localhost:80/metrics", "http://[::1]:9587/a?b"})
    EXPECT_EQ(text_of(parse_http_url(url).value()), url);
}

}  // namespace
