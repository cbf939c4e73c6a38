#include "exporter/base/log_queue.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using namespace ganesha::exporter;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// A reader of the log that may stop reading, or fail. It outlives a thread that is stuck in it.
class Reader {
 public:
  bool take(std::string_view line) {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return reading_; });
    --waiting_;
    if (!broken_) lines_.emplace_back(line);
    return !broken_;
  }

  void stop() { set(reading_, false); }
  void go_on() { set(reading_, true); }
  void fail() { set(broken_, true); }
  void repair() { set(broken_, false); }
  // Until a line is handed over that it does not take.
  void until_stuck() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  void set(bool& what, bool value) {
    const std::lock_guard lock(mutex_);
    what = value;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool reading_ = true, broken_ = false;
  int waiting_ = 0;
  std::vector<std::string> lines_;
};

struct ALogQueue : testing::Test {
  std::shared_ptr<Reader> reader = std::make_shared<Reader>();

  std::unique_ptr<LogQueue> queue(std::chrono::milliseconds patience = 10s) {
    LogQueue::Options options;
    options.write = [to = reader](std::string_view line) { return to->take(line); };
    options.report = [](std::uint64_t lines) { return std::to_string(lines) + " dropped"; };
    options.capacity = 4;
    options.patience = patience;
    return std::make_unique<LogQueue>(std::move(options));
  }

  // The first line is in the hands of the reader, who does not take it.
  void get_stuck(LogQueue& queue) {
    reader->stop();
    queue.push("first");
    reader->until_stuck();
  }
};

TEST_F(ALogQueue, WritesAllLinesInTheirOrderBeforeItEnds) {
  auto some = queue();
  for (const auto* line : {"a", "b", "c"}) some->push(line);
  some.reset();
  EXPECT_THAT(reader->lines(), ElementsAre("a", "b", "c"));
}

TEST_F(ALogQueue, DropsItsOldestLinesWhenItIsFullAndReportsThemWhenThereIsRoom) {
  const auto full = queue();
  get_stuck(*full);
  for (const auto* line : {"1", "2", "3", "4", "5", "6"}) full->push(line);
  EXPECT_EQ(full->dropped(), 2U);
  reader->go_on();
  EXPECT_TRUE(full->flush());
  EXPECT_THAT(reader->lines(), ElementsAre("first", "2 dropped", "3", "4", "5", "6"));
  full->push("last");
  EXPECT_TRUE(full->flush());
  EXPECT_EQ(reader->lines().back(), "last") << "dropped lines are reported once";
}

TEST_F(ALogQueue, CountsLinesThatCannotBeWrittenAndReportsThemWhenTheyCan) {
  const auto broken = queue();
  reader->fail();
  for (const auto* line : {"a", "b"}) broken->push(line);
  EXPECT_TRUE(broken->flush());
  EXPECT_EQ(broken->dropped(), 2U);
  EXPECT_THAT(reader->lines(), IsEmpty());
  reader->repair();
  broken->push("c");
  EXPECT_TRUE(broken->flush());
  EXPECT_THAT(reader->lines(), ElementsAre("2 dropped", "c"));
  EXPECT_EQ(broken->dropped(), 2U);
}

TEST_F(ALogQueue, NeverWaitsForItsReaderWhenItTakesALine) {
  const auto full = queue();
  get_stuck(*full);
  for (int i = 0; i < 100'000; ++i) full->push("line");
  EXPECT_EQ(full->dropped(), 100'000U - 4);
  reader->go_on();
}

TEST_F(ALogQueue, EndsThoughItsReaderIsStuck) {
  auto stuck = queue(50ms);
  get_stuck(*stuck);
  for (int i = 0; i < 10; ++i) stuck->push("line");
  EXPECT_FALSE(stuck->flush());
  stuck.reset();
  EXPECT_THAT(reader->lines(), IsEmpty());
  reader->go_on();
}

TEST(WriteAll, WaitsForAReaderWhereTheDescriptorDoesNot) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_NONBLOCK), 0);
  const std::string text(300'000, 'x');  // more than a pipe holds
  bool written = false;
  std::thread writer([&] { written = write_all(ends[1], text); });
  std::size_t read_bytes = 0;
  std::array<char, 4096> buffer;
  while (read_bytes < text.size()) {
    const auto got = read(ends[0], buffer.data(), buffer.size());
    if (got > 0) read_bytes += static_cast<std::size_t>(got);
  }
  writer.join();
  EXPECT_TRUE(written);
  close(ends[0]);
  std::signal(SIGPIPE, SIG_IGN);
  EXPECT_FALSE(write_all(ends[1], "nobody is there"));
  close(ends[1]);
}

}  // namespace
