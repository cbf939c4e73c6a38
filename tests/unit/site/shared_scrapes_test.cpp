#include "exporter/site/shared_scrapes.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <stdexcept>

namespace {
using namespace ganesha::exporter;
namespace asio = boost::asio;

class SharedScrapesTest : public testing::Test {
 protected:
  // Ends when the gate opens. The page is the number of the rendering.
  asio::awaitable<SharedScrapes::Body> render(MetricsQuery) {
    const auto number = std::to_string(++renderings);
    boost::system::error_code ec;
    co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (broken) throw std::runtime_error("broken " + number);
    co_return SharedScrapes::Body{std::make_shared<const std::string>(number)};
  }

  std::future<SharedScrapes::Body> scrape(Format format = Format::text) {
    auto page = asio::co_spawn(context, scrapes.page({format, false, {}, {}}), asio::use_future);
    context.restart();
    context.poll();
    return page;
  }

  void open_gate() {
    gate.expires_at(asio::steady_timer::time_point::min());
    context.restart();
    context.run();
  }

  asio::io_context context;
  asio::steady_timer gate{context, asio::steady_timer::time_point::max()};
  int renderings = 0;
  bool broken = false;
  SharedScrapes scrapes{[this](MetricsQuery query) { return render(std::move(query)); }, 2};
};

TEST_F(SharedScrapesTest, RenderOnceForAllThatCameMeanwhile) {
  auto first = scrape();
  std::vector<std::future<SharedScrapes::Body>> later;
  for (int i = 0; i < 100; ++i) later.push_back(scrape());
  EXPECT_EQ(renderings, 1);
  open_gate();
  EXPECT_EQ(*first.get().at(0), "1");
  for (auto& page : later) EXPECT_EQ(*page.get().at(0), "2");
  EXPECT_EQ(renderings, 2);
}

TEST_F(SharedScrapesTest, RenderAgainForALaterScrape) {
  auto first = scrape();
  open_gate();
  EXPECT_EQ(*first.get().at(0), "1");
  auto second = scrape();
  open_gate();
  EXPECT_EQ(*second.get().at(0), "2");
}

TEST_F(SharedScrapesTest, RenderDifferentPagesAtTheSameTimeUpToTheLimit) {
  auto text = scrape();
  EXPECT_TRUE(scrapes.has_place_for({Format::openmetrics, false, {}, {}}));
  auto openmetrics = scrape(Format::openmetrics);
  EXPECT_EQ(renderings, 2);
  EXPECT_FALSE(scrapes.has_place_for({Format::text, true, {}, {}}));
  EXPECT_TRUE(scrapes.has_place_for({Format::text, false, {}, {}}));
  open_gate();
  EXPECT_TRUE(scrapes.has_place_for({Format::text, true, {}, {}}));
  EXPECT_EQ(text.get().size(), 1U);
  EXPECT_EQ(openmetrics.get().size(), 1U);
}

TEST_F(SharedScrapesTest, GiveAnExceptionToAllThatShareIt) {
  broken = true;
  auto first = scrape(), second = scrape(), third = scrape();
  open_gate();
  EXPECT_THROW(first.get(), std::runtime_error);
  EXPECT_THROW(second.get(), std::runtime_error);
  EXPECT_THROW(third.get(), std::runtime_error);
  broken = false;
  auto fourth = scrape();
  open_gate();
  EXPECT_EQ(fourth.get().size(), 1U);
}

}  // namespace
