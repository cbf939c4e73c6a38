#include "ganesha/start_lines.hpp"

#include <gtest/gtest.h>

namespace {

using ganesha::StartLines;

// As 4.3 writes them.
std::string line(const std::string& rest) {
  return "26/11/2026 22:56:14 : epoch 6b08b90e : vm : nfs-ganesha-22285[main] " + rest;
}

TEST(TheLinesOfAStart, SayWhenTheServerIsInitialized) {
  StartLines lines;
  lines.take(line("nfs_start :NFS STARTUP :EVENT :-------------------------------------------------"));
  EXPECT_FALSE(lines.initialized());
  lines.take(line("nfs_start :NFS STARTUP :EVENT :             NFS SERVER INITIALIZED"));
  lines.take("another");
  EXPECT_TRUE(lines.initialized());
}

TEST(TheLinesOfAStart, SayWhyThereIsNoNameOnTheBus) {
  StartLines lines;
  EXPECT_EQ(lines.name_refused(), "");
  lines.take(line("gsh_dbus_pkginit :DBUS :CRIT :server bus reg failed (org.ganesha.nfsd, not allowed)"));
  lines.take(line("gsh_dbus_pkginit :DBUS :CRIT :dbus_bus_get failed (later)"));
  EXPECT_EQ(lines.name_refused(), "server bus reg failed (org.ganesha.nfsd, not allowed)");
}

TEST(TheLinesOfAStart, KeepWhatIsWrongWithAnExport) {
  StartLines lines;
  EXPECT_EQ(lines.complaint_about("/b"), "");
  const auto load =
      line("config_errs_to_log :CONFIG :CRIT :Config File (g.conf:4): Failed to load FSAL (NOSUCH)");
  const auto path = line("fsal_cfg_commit :CONFIG :CRIT :Could not create export for (/b) to (/b)");
  lines.take(line("resolve_posix_filesystem :FSAL :CRIT :stat returned No such file or directory for /b"));
  lines.take(load);
  lines.take(path);
  EXPECT_EQ(lines.complaint_about("/b"), path);
  EXPECT_EQ(lines.complaint_about("/c"), load) << "the first";
  EXPECT_EQ(lines.complaint_about(""), load);
}

}  // namespace
