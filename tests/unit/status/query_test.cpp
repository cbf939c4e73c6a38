#include "exporter/status/query.hpp"

#include <gtest/gtest.h>

namespace {

using namespace ganesha::exporter;

StatusQuery parsed(std::string_view query) {
  const auto result = parse_status_query(query);
  EXPECT_TRUE(std::holds_alternative<StatusQuery>(result)) << query;
  return std::get<StatusQuery>(result);
}

std::string refusal(std::string_view query) {
  const auto result = parse_status_query(query);
  EXPECT_TRUE(std::holds_alternative<BadQuery>(result)) << query;
  return std::get<BadQuery>(result).reason;
}

TEST(AStatusQuery, ShowsTheBusiestFirstByDefault) {
  const auto query = parsed("");
  for (const auto& table : {query.exports, query.clients}) {
    EXPECT_EQ(table.sort, SortKey::throughput);
    EXPECT_EQ(table.order, Order::descending);
    EXPECT_EQ(table.page, 1U);
    EXPECT_EQ(table.per_page, 20U);
    EXPECT_EQ(table.filter, "");
  }
}

TEST(AStatusQuery, IsOfEachTableForItself) {
  const auto query =
      parsed("exports.sort=latency&clients.filter=10.0%2E+x&clients.page=3&exports.per_page=500");
  EXPECT_EQ(query.exports.sort, SortKey::latency);
  EXPECT_EQ(query.exports.per_page, 500U);
  EXPECT_EQ(query.exports.page, 1U);
  EXPECT_EQ(query.clients.filter, "10.0. x");
  EXPECT_EQ(query.clients.page, 3U);
  EXPECT_EQ(query.clients.sort, SortKey::throughput);
}

TEST(AStatusQuery, SortsNamesFromAToZUnlessToldOtherwise) {
  EXPECT_EQ(parsed("exports.sort=name").exports.order, Order::ascending);
  EXPECT_EQ(parsed("exports.order=desc&exports.sort=name").exports.order, Order::descending);
  EXPECT_EQ(parsed("clients.order=asc").clients.order, Order::ascending);
}

TEST(AStatusQuery, TakesTheLastOfEqualParametersAsAFormSendsThem) {
  EXPECT_EQ(parsed("exports.sort=latency&exports.sort=errors").exports.sort, SortKey::errors);
}

TEST(AStatusQuery, LeavesOtherParametersAlone) {
  EXPECT_EQ(to_url_query(parsed("x=1&sort=foo&exports.other=2&&=")), "");
}

TEST(AStatusQuery, RefusesWhatMakesNoSenseInOneLine) {
  EXPECT_EQ(refusal("exports.sort=size"),
            "exports.sort: \"size\" is not one of name, throughput, operations, latency, errors, activity");
  EXPECT_EQ(refusal("clients.order=up%0A"), "clients.order: \"up\\n\" is neither asc nor desc");
  EXPECT_EQ(refusal("clients.page=0"), "clients.page: \"0\" is not a number from 1 on");
  EXPECT_EQ(refusal("clients.page="), "clients.page: \"\" is not a number from 1 on");
  EXPECT_EQ(refusal("exports.per_page=501"), "exports.per_page: \"501\" is not a number from 1 to 500");
  for (const auto* number : {"-1", "1x", "0x10", "1.5", "99999999999999999999999"})
    EXPECT_TRUE(refusal("exports.page=" + std::string(number)).starts_with("exports.page: ")) << number;
}

TEST(AStatusQuery, CanBeWrittenAsItWasRead) {
  for (const auto* query :
       {"", "exports.sort=name&exports.order=desc", "clients.order=asc",
        "exports.filter=%2Fa%26b%3D%22c%22&exports.page=2&clients.per_page=5", "clients.filter=%FF%C3%BC"})
    EXPECT_EQ(to_url_query(parsed(query)), query);
}

}  // namespace
