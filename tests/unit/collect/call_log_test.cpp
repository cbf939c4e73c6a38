#include "exporter/collect/call_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "dbus/methods.hpp"

namespace {

using namespace ganesha::exporter;
using namespace std::chrono_literals;
using ganesha::dbus::errc;
using ganesha::dbus::Error;
using ganesha::dbus::Message;
using ganesha::dbus::Request;
using ganesha::dbus::result;
using testing::HasSubstr;

namespace methods = ganesha::dbus::methods;

struct TheCallLog : testing::Test {
  std::ostringstream lines;
  Log log{LogLevel::debug, LogFormat::logfmt, lines};
  CollectorSet enabled;
  Request request{methods::get_client_io_ops, "10.0.0.1"};

  // What is logged of a call.
  std::string call(const result<Message>& outcome, ganesha::dbus::Duration duration) {
    lines.str({});
    call_log().call_ended({outcome, duration, [this] { return request; }});
    return lines.str();
  }
  std::string poll(const Snapshot* snapshot) {
    lines.str({});
    call_log().poll_ended(snapshot);
    return lines.str();
  }
  CallLog& call_log() {
    if (!made) made.emplace(log, enabled);
    return *made;
  }

  std::optional<CallLog> made;
};

TEST_F(TheCallLog, HasNoLineForACallThatSucceedsInTime) { EXPECT_EQ(call(Message(), 1s), ""); }

TEST_F(TheCallLog, HasALineForASlowCall) {
  EXPECT_THAT(call(Message(), 1001ms),
              HasSubstr("level=debug msg=\"Slow call\" method=ClientMgr.GetClientIOops argument=10.0.0.1 "
                        "duration=1s1ms"));
}

TEST_F(TheCallLog, HasALineForAFailedCallWithItsError) {
  request = {methods::show_exports};
  EXPECT_THAT(call(Error{errc::timed_out, "ShowExports"}, 10s),
              HasSubstr("msg=\"Call failed\" method=ExportMgr.ShowExports argument=none duration=10s "
                        "err=\"timed out: ShowExports\""));
}

TEST_F(TheCallLog, ShortensAnArgument) {
  request.argument = std::string(100'000, 'x');
  EXPECT_LT(call(Error{errc::failed, {}}, 0s).size(), 2000U);
}

TEST_F(TheCallLog, HasALineForEachPollWithItsCallsAndFailures) {
  for (const auto id : {CollectorId::server, CollectorId::clients}) enabled.set(index_of(id));
  Snapshot snapshot;
  snapshot.duration = 42ms;
  snapshot.outcomes[index_of(CollectorId::server)].success = true;
  call(Message(), 1ms);
  call(Message(), 1ms);
  EXPECT_THAT(poll(&snapshot), HasSubstr("msg=\"Poll ended\" duration=42ms calls=2 failed=clients"));
  snapshot.outcomes[index_of(CollectorId::clients)].success = true;
  EXPECT_THAT(poll(&snapshot), HasSubstr("calls=0 failed=none"));
}

TEST_F(TheCallLog, NamesNoCollectorThatTheServerDoesNotSupport) {
  enabled.set(index_of(CollectorId::server));
  Snapshot snapshot;
  snapshot.outcomes[index_of(CollectorId::server)].supported = false;
  EXPECT_THAT(poll(&snapshot), HasSubstr("failed=none"));
}

TEST_F(TheCallLog, HasALineForAPollWhoseServerChanged) {
  EXPECT_THAT(poll(nullptr), HasSubstr("msg=\"Poll discarded: the server changed\" calls=0"));
}

}  // namespace
