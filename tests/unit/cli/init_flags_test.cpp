#include "exporter/cli/init_flags.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace {
using namespace ganesha::exporter;
using namespace std::string_literals;
namespace fs = std::filesystem;

// A directory with the files of a process that the command reads.
class FlagsOfInit : public testing::Test {
 protected:
  ~FlagsOfInit() override { fs::remove_all(process_); }

  void write(const std::string& file, const std::string& text) {
    std::ofstream(process_ / file, std::ios::binary) << text;
  }

  InitFlags found(const std::string& command, const std::string& environment = "") {
    write("cmdline", command);
    write("environ", environment);
    return flags_of_init(process_);
  }

  const fs::path process_ = [] {
    std::string name = fs::temp_directory_path() / "init_flags_test.XXXXXX";
    return fs::path(mkdtemp(name.data()));
  }();
};

ListenAddress listens_at(const InitFlags& init) {
  EXPECT_EQ(init.problem, "");
  return init.options ? init.options->listen.front() : ListenAddress{"no options", 0};
}

TEST_F(FlagsOfInit, AreThoseOfItsCommandLine) {
  const auto address = ListenAddress{"127.0.0.1", 9100};
  EXPECT_EQ(listens_at(found("ganesha_exporter\0--web.listen-address=127.0.0.1:9100\0"s)), address);
  EXPECT_EQ(listens_at(found("/usr/local/bin/ganesha_exporter\0--web.listen-address\0"
                             "127.0.0.1:9100\0--collector.exports.include=\0"s)),
            address);
  EXPECT_EQ(listens_at(found("ganesha_exporter\0"s)), (ListenAddress{"", 19587}));
}

TEST_F(FlagsOfInit, IncludeTheAddressOfItsEnvironment) {
  const auto environment = "A=B\0GANESHA_EXPORTER_WEB_LISTEN_ADDRESS=:9100 :9101\0C=D\0"s;
  EXPECT_EQ(listens_at(found("ganesha_exporter\0"s, environment)), (ListenAddress{"", 9100}));
  EXPECT_EQ(listens_at(found("ganesha_exporter\0--web.listen-address=:1\0"s, environment)),
            (ListenAddress{"", 1}))
      << "the flag counts";
  EXPECT_EQ(listens_at(found("ganesha_exporter\0"s, "GANESHA_EXPORTER_WEB_LISTEN_ADDRESS=\0"s)),
            (ListenAddress{"", 19587}));
}

TEST_F(FlagsOfInit, AreKnownOfAProgramWithAnotherName) {
  fs::create_symlink(fs::read_symlink("/proc/self/exe"), process_ / "exe");
  EXPECT_EQ(listens_at(found("exporter\0--web.listen-address=:9100\0"s)), (ListenAddress{"", 9100}));
}

TEST_F(FlagsOfInit, AreNotThoseOfAnotherProgramOrOfACommand) {
  for (const auto& command :
       {"/sbin/init\0--web.listen-address=:9100\0"s, ""s, "\0"s, "sh\0ganesha_exporter\0"s,
        "ganesha_exporter\0--web.listen-address=:9100\0--healthcheck\0"s, "ganesha_exporter\0top\0"s}) {
    const InitFlags init = found(command);
    EXPECT_FALSE(init.options) << command;
    EXPECT_EQ(init.problem, "") << command;
  }
}

TEST_F(FlagsOfInit, ThatCannotBeReadAreReported) {
  EXPECT_EQ(flags_of_init(process_ / "none").problem, "cannot read the flags of process 1");
  EXPECT_EQ(found("ganesha_exporter\0--flag-of-another-version\0"s).problem,
            "cannot parse the flags of process 1");
  EXPECT_EQ(found("ganesha_exporter\0"s, "GANESHA_EXPORTER_WEB_LISTEN_ADDRESS=x\0"s).problem,
            "cannot parse the environment of process 1");
  fs::remove(process_ / "environ");
  const InitFlags init = flags_of_init(process_);
  EXPECT_EQ(init.problem, "cannot read the environment of process 1");
  EXPECT_TRUE(init.options) << "its other flags are known";
}

}  // namespace
