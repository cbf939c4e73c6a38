// Many calls at once over one Bus, against the fake on the bus that GANESHA_TEST_BUS names. calls_test.py
// starts both and looks at what the fake saw.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "dbus/admin_mgr.hpp"
#include "dbus/ask.hpp"
#include "dbus/client_mgr.hpp"
#include "dbus/export_mgr.hpp"

namespace {

namespace asio = boost::asio;
using namespace ganesha::dbus;
using namespace std::chrono_literals;

constexpr std::size_t window = 4;
const Request show_clients{methods::show_clients};
const Request unknown_method{{objects::export_mgr, interfaces::export_stats, "GetNothing"}};

struct Calls : testing::Test {
  asio::io_context loop{1};
  asio::thread_pool opener{1};
  std::unique_ptr<Clock> clock = make_real_clock(loop.get_executor());
  Bus bus;
  std::size_t most_unanswered = 0;

  explicit Calls(SuspensionRecord suspension = {})
      : bus(loop.get_executor(), opener.get_executor(), *clock,
            {std::getenv("GANESHA_TEST_BUS"), "org.ganesha.nfsd", 5s, window, std::move(suspension)}) {
    asio::co_spawn(loop, bus.run(), asio::detached);
  }

  asio::awaitable<void> until_owned() {
    while (bus.owner().empty()) co_await bus.changed().wait();
  }

  // Runs to the end of all tasks, which begin in turn.
  void run(std::vector<asio::awaitable<void>> tasks) {
    auto left = tasks.size();
    for (auto& task : tasks)
      asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) {
        if (--left == 0 || error) loop.stop();
        if (error) std::rethrow_exception(error);
      });
    loop.run_for(20s);
    ASSERT_EQ(left, 0U) << "a task did not end";
  }

  void connect() {
    std::vector<asio::awaitable<void>> tasks;
    tasks.push_back(until_owned());
    run(std::move(tasks));
    loop.restart();
  }

  // Makes `count` calls; counts the outcomes of each in `seen`. Stops at the first that `go_on` denies.
  asio::awaitable<void> many(std::size_t count, std::vector<int>& seen, bool go_on = true) {
    seen.assign(count, 0);
    const auto request = [this](std::size_t) {
      most_unanswered = std::max(most_unanswered, bus.unanswered() + 1);
      return show_clients;
    };
    const auto take = [&seen, go_on](std::size_t index, result<Message> outcome) {
      EXPECT_TRUE(outcome) << outcome.error().message();
      ++seen[index];
      return go_on;
    };
    co_await bus.call_each(count, request, take);
  }
};

TEST_F(Calls, HaveAnOutcomeEachAndKeepToTheWindow) {
  connect();
  std::vector<int> seen;
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(many(200, seen));
  run(std::move(tasks));
  EXPECT_EQ(seen, std::vector<int>(200, 1));
  EXPECT_EQ(most_unanswered, window);
}

TEST_F(Calls, OfOthersFindAPlaceWhileManyAreMade) {
  connect();
  std::vector<int> first, second;
  std::size_t first_had = 0, second_had = 0;
  const auto single = [&]() -> asio::awaitable<void> {
    const auto reply = co_await bus.call(methods::show_clients);
    EXPECT_TRUE(reply) << reply.error().message();
    first_had = static_cast<std::size_t>(std::count(first.begin(), first.end(), 1));
    second_had = static_cast<std::size_t>(std::count(second.begin(), second.end(), 1));
  };
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(many(500, first));
  tasks.push_back(many(500, second));
  tasks.push_back(single());
  run(std::move(tasks));
  EXPECT_EQ(first, std::vector<int>(500, 1));
  EXPECT_EQ(second, std::vector<int>(500, 1));
  EXPECT_LE(most_unanswered, window);
  EXPECT_LT(first_had + second_had, 500U) << "the single call had to wait for those of others";
}

TEST_F(Calls, OfThePublicTypesBringTheirRecords) {
  connect();
  const auto client_io = [this](std::string address) -> asio::awaitable<void> {
    for (const auto protocol : {Protocol::nfsv40, Protocol::nfsv41}) {
      const auto io = co_await ClientMgr(bus).get_nfs_io(address, protocol);
      EXPECT_TRUE(io && io->read.operations > 0) << name(protocol);
    }
  };
  const auto all = [&]() -> asio::awaitable<void> {
    auto heartbeats = AdminMgr(bus).heartbeats(5s);
    for (int i = 0; i < 2; ++i) {
      const bool came = co_await heartbeats.next();
      EXPECT_TRUE(came);
    }
    const auto io = co_await ExportMgr(bus).get_io_stats();
    EXPECT_TRUE(io && !io->rows.empty());
    const auto clients = co_await ClientMgr(bus).show_clients();
    EXPECT_TRUE(clients && clients->clients.size() == 20);
    if (clients) co_await client_io(clients->clients.at(0).address);
  };
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(all());
  run(std::move(tasks));
}

// The server refuses a call for an export that it does not have.
std::vector<KeyedQuery<std::uint16_t, BasicStats>> io_queries(const std::vector<std::uint16_t>& ids) {
  std::vector<KeyedQuery<std::uint16_t, BasicStats>> queries;
  for (const auto id : ids) queries.push_back({id, methods::export_io(Protocol::nfsv41)(id)});
  return queries;
}

TEST_F(Calls, OfManyQueriesBringEachRecordWithItsKey) {
  connect();
  const auto queries = io_queries({2, 999, 1});
  std::vector<std::uint16_t> keys;
  const auto ask_all = [&]() -> asio::awaitable<void> {
    const auto records = co_await ask_each(bus, queries);
    EXPECT_TRUE(records);
    if (!records) co_return;
    for (const auto& [key, io] : *records) {
      keys.push_back(key);
      const auto same = co_await ask(bus, methods::export_io(Protocol::nfsv41)(key));
      EXPECT_TRUE(same && same->read == io.read) << key;
    }
  };
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(ask_all());
  run(std::move(tasks));
  EXPECT_EQ(keys, (std::vector<std::uint16_t>{2, 1}));
}

TEST_F(Calls, OfManyQueriesEndWithTheErrorThatIsNotTolerated) {
  connect();
  const auto queries = io_queries({1, 999});
  std::optional<errc> code;
  const auto ask_all = [&]() -> asio::awaitable<void> {
    const auto tolerated = [](const Error&) { return false; };
    const auto records = co_await ask_each(bus, queries, tolerated);
    if (!records) code = records.error().code;
  };
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(ask_all());
  run(std::move(tasks));
  EXPECT_EQ(code, errc::refused);
}

TEST_F(Calls, AreNoMoreMadeOnceOneWasTooMuch) {
  connect();
  std::vector<int> seen;
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(many(200, seen, false));
  run(std::move(tasks));
  const auto made = std::count(seen.begin(), seen.end(), 1);
  EXPECT_GE(made, 1);
  EXPECT_LE(made, static_cast<std::ptrdiff_t>(2 * window));
}

TEST_F(Calls, NameTheMethodInAnError) {
  connect();
  const auto take = [](std::size_t, result<Message> outcome) {
    const auto message = outcome ? std::string() : outcome.error().message();
    EXPECT_NE(message.find("GetNothing: "), std::string::npos) << message;
    return true;
  };
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(bus.call_each(
      1, [](std::size_t) { return unknown_method; }, take));
  run(std::move(tasks));
}

// The server refuses the suspect's argument, so the method is called alone until it answers for a client.
struct CallsOfASuspect : Calls {
  CallsOfASuspect() : Calls({"", {{methods::get_client_io_ops, "nobody"}}, false, {}}) {}
};

TEST_F(CallsOfASuspect, ComeToAnEndBesideThoseOfOthers) {
  connect();
  std::vector<int> others;
  int answers = 0;
  const auto suspected = [&]() -> asio::awaitable<void> {
    const auto request = [&](std::size_t) { return Request{methods::get_client_io_ops, "10.0.0.1"}; };
    const auto take = [&](std::size_t, const result<Message>& reply) {
      EXPECT_TRUE(reply) << reply.error().message();
      ++answers;
      return true;
    };
    co_await bus.call_each(3, request, take);
  };
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(many(100, others));
  tasks.push_back(suspected());
  run(std::move(tasks));
  EXPECT_EQ(others, std::vector<int>(100, 1));
  EXPECT_EQ(answers, 3);
  EXPECT_FALSE(bus.holds_calls());
}

TEST_F(Calls, AreOfNoUseWithoutAServer) {
  std::vector<errc> codes;
  const auto take = [&codes](std::size_t, result<Message> outcome) {
    codes.push_back(outcome ? errc{} : outcome.error().code);
    return codes.size() < 3;
  };
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(bus.call_each(
      100'000, [](std::size_t) { return show_clients; }, take));
  run(std::move(tasks));
  EXPECT_EQ(codes, std::vector<errc>(3, errc::not_connected));
}

TEST_F(Calls, LeaveNothingBehindWhenWhoMadeThemFails) {
  connect();
  const auto take = [](std::size_t, const result<Message>&) -> bool { throw std::runtime_error("full"); };
  bool failed = false;
  const auto failing = [&]() -> asio::awaitable<void> {
    try {
      co_await bus.call_each(
          200, [](std::size_t) { return show_clients; }, take);
    } catch (const std::runtime_error&) {
      failed = true;
    }
    while (bus.unanswered() > 0) co_await bus.changed().wait();
  };
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(failing());
  run(std::move(tasks));
  EXPECT_TRUE(failed);
}

}  // namespace
