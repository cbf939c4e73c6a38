#include "exporter/web_config/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <utility>

#include "exporter/base/text.hpp"
#include "password_hash.hpp"
#include "temporary_folder.hpp"

namespace ganesha::exporter {
namespace {

using testing::HasSubstr;

const std::string with_tls = "tls_server_config: {cert_file: c, key_file: k}\n";

std::string user(const std::string& name) { return "basic_auth_users: {" + name + ": " + hash + "}\n"; }

class AReload : public testing::Test {
 protected:
  // Old enough that the next look does not read it again.
  void write(const std::string& name, const std::string& content) {
    folder.write(name, content);
    folder.age(name);
  }

  // A key and its certificate match if they are equal.
  WebConfigReload::Apply prepare(const WebConfig& config) {
    const auto certificate = config.tls ? content_of("c") : "", key = config.tls ? content_of("k") : "";
    return [this, config, certificate, key] {
      ++applied;
      if (certificate != key) throw std::runtime_error("they do not match");
      in_force = config;
      served = certificate;
    };
  }

  std::string content_of(const std::string& name) {
    WatchedFiles files;
    return files.read(folder / name, 100);
  }

  void load() { reload.load(reload.next_look()().value()); }
  void look() { reload.take(reload.next_look()()); }
  std::string ask() { return reload.reload(reload.whole_look()().value()); }

  // As many looks as it takes.
  void settle() {
    for (int i = 0; i < 3; ++i) look();
  }

  std::size_t lines() { return split(log_text.str(), '\n').size() - 1; }
  bool has_user(const std::string& name) { return in_force.access.users.contains(name); }

  TemporaryFolder folder;
  std::ostringstream log_text;
  Log log{LogLevel::info, LogFormat::logfmt, log_text};
  WebConfig in_force;
  std::string served;
  int applied = 0;
  WebConfigReload reload{folder / "web.yml", [this](const WebConfig& config) { return prepare(config); },
                         log};
};

TEST_F(AReload, AppliesTheFirstSettings) {
  write("web.yml", user("a"));
  const auto before = std::chrono::system_clock::now();
  load();
  EXPECT_TRUE(has_user("a"));
  EXPECT_TRUE(reload.successful());
  EXPECT_GE(reload.last_success(), before);
}

TEST_F(AReload, ThrowsIfTheFirstSettingsAreWrong) {
  EXPECT_THROW(load(), std::runtime_error);
  write("web.yml", "junk: 1\n");
  EXPECT_THROW(load(), std::runtime_error);
  EXPECT_EQ(applied, 0);
}

TEST_F(AReload, TakesWhatLooksSeeIfTheFirstSettingsCameToNobody) {
  write("web.yml", user("a"));
  settle();
  EXPECT_TRUE(has_user("a"));
  EXPECT_TRUE(reload.successful());
}

TEST_F(AReload, DoesNothingWhileNoFileChanges) {
  write("web.yml", user("a"));
  load();
  settle();
  EXPECT_EQ(applied, 1);
  EXPECT_EQ(lines(), 0U);
}

TEST_F(AReload, FollowsAChangeAndLogsItOnce) {
  write("web.yml", user("a"));
  load();
  folder.write("web.yml", user("b"));
  settle();
  EXPECT_TRUE(has_user("b"));
  EXPECT_FALSE(has_user("a"));
  EXPECT_EQ(lines(), 1U);
}

TEST_F(AReload, AppliesNoFileThatIsStillBeingWritten) {
  write("web.yml", user("a"));
  load();
  folder.write("web.yml", "");
  for (int i = 0; i < 2; ++i) look();
  EXPECT_EQ(applied, 1);
  folder.write("web.yml", user("b"));
  settle();
  EXPECT_EQ(applied, 2);
  EXPECT_TRUE(has_user("b"));
}

TEST_F(AReload, StartsToWaitAgainWithEachChange) {
  write("web.yml", user("a"));
  load();
  for (const auto* name : {"b", "c", "d"}) {
    folder.write("web.yml", user(name));
    for (int i = 0; i < 2; ++i) look();
  }
  EXPECT_TRUE(has_user("a"));
  look();
  EXPECT_TRUE(has_user("d"));
}

TEST_F(AReload, ForgetsAChangeThatIsTakenBack) {
  write("web.yml", user("a"));
  load();
  folder.write("web.yml", "");
  look();
  folder.write("web.yml", user("a"));
  settle();
  EXPECT_EQ(applied, 1);
  EXPECT_EQ(lines(), 0U);
}

TEST_F(AReload, DoesNotGoBackToWhatASlowLookSaw) {
  write("web.yml", user("a"));
  load();
  write("web.yml", user("b"));
  auto slow = reload.next_look()();
  write("web.yml", user("c"));
  ask();
  reload.take(std::move(slow));
  settle();
  EXPECT_EQ(applied, 2);
  EXPECT_TRUE(has_user("c"));
}

TEST_F(AReload, LogsWhatIsInForce) {
  write("web.yml", user("a"));
  load();
  ask();
  EXPECT_THAT(log_text.str(), HasSubstr("tls=off users=1"));
  EXPECT_EQ(lines(), 1U);
}

TEST_F(AReload, WarnsOfProtectionThatIsSwitchedOff) {
  write("web.yml", with_tls + user("a"));
  write("c", "1");
  write("k", "1");
  load();
  write("web.yml", "");
  EXPECT_EQ(ask(), "");
  EXPECT_THAT(log_text.str(), HasSubstr("tls=off users=0"));
  EXPECT_THAT(log_text.str(), HasSubstr("level=warn"));
  EXPECT_THAT(log_text.str(), HasSubstr("off=\"TLS, passwords\""));
}

TEST_F(AReload, FollowsAFileThatWasWrongAtTheStart) {
  write("web.yml", "junk: 1\n");
  EXPECT_THROW(load(), std::runtime_error);
  EXPECT_FALSE(reload.successful());
  settle();
  EXPECT_EQ(lines(), 0U);
  write("web.yml", user("a"));
  settle();
  EXPECT_TRUE(reload.successful());
  EXPECT_TRUE(has_user("a"));
}

TEST_F(AReload, FollowsACertificateThatTheFileNames) {
  write("web.yml", with_tls);
  write("c", "1");
  write("k", "1");
  load();
  write("c", "2");
  write("k", "2");
  settle();
  EXPECT_EQ(served, "2");
}

TEST_F(AReload, KeepsTheOldSettingsAndLogsOnceWhatIsWrong) {
  write("web.yml", user("a"));
  load();
  const auto success = reload.last_success();
  write("web.yml", "junk: 1\n");
  for (int i = 0; i < 4; ++i) look();
  EXPECT_TRUE(has_user("a"));
  EXPECT_FALSE(reload.successful());
  EXPECT_EQ(reload.last_success(), success);
  EXPECT_EQ(lines(), 1U);
  EXPECT_THAT(log_text.str(), HasSubstr("web.yml:1: junk: unknown key"));
}

TEST_F(AReload, SucceedsAgainOnceTheFileIsMended) {
  write("web.yml", user("a"));
  load();
  write("web.yml", "junk: 1\n");
  settle();
  write("web.yml", user("a"));
  settle();
  EXPECT_TRUE(reload.successful());
  EXPECT_EQ(lines(), 2U);
}

TEST_F(AReload, DoesNotReportAKeyWhoseCertificateComesALittleLater) {
  write("web.yml", with_tls);
  write("c", "1");
  write("k", "1");
  load();
  write("k", "2");
  look();
  EXPECT_TRUE(reload.successful());
  EXPECT_EQ(served, "1");
  write("c", "2");
  settle();
  EXPECT_TRUE(reload.successful());
  EXPECT_EQ(served, "2");
  EXPECT_EQ(lines(), 1U);
}

TEST_F(AReload, ReportsAKeyThatMatchesNoCertificate) {
  write("web.yml", with_tls);
  write("c", "1");
  write("k", "1");
  load();
  write("k", "2");
  settle();
  EXPECT_FALSE(reload.successful());
  EXPECT_THAT(log_text.str(), HasSubstr("they do not match"));
  EXPECT_EQ(lines(), 1U);
}

TEST_F(AReload, FollowsAFileThatWasMissing) {
  write("web.yml", user("a"));
  load();
  write("web.yml", with_tls);
  settle();
  EXPECT_FALSE(reload.successful());
  EXPECT_THAT(log_text.str(), HasSubstr("cert_file: "));
  write("c", "1");
  settle();
  EXPECT_THAT(log_text.str(), HasSubstr("key_file: "));
  write("k", "1");
  settle();
  EXPECT_TRUE(reload.successful());
  EXPECT_EQ(served, "1");
}

TEST_F(AReload, ReportsAtOnceIfSomebodyAsks) {
  write("web.yml", user("a"));
  load();
  write("web.yml", "junk: 1\n");
  EXPECT_THAT(ask(), HasSubstr("junk: unknown key"));
  EXPECT_FALSE(reload.successful());
  look();
  EXPECT_EQ(lines(), 1U);
  write("web.yml", user("b"));
  EXPECT_EQ(ask(), "");
  EXPECT_TRUE(has_user("b"));
}

}  // namespace
}  // namespace ganesha::exporter
