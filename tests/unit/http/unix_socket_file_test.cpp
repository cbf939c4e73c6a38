#include "exporter/http/unix_socket_file.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace {
using namespace ganesha::exporter;
namespace fs = std::filesystem;
namespace errc = boost::system::errc;

class AUnixSocketFile : public testing::Test {
 protected:
  ~AUnixSocketFile() override {
    for (const int socket : sockets_) ::close(socket);
    fs::remove_all(folder_);
  }

  int new_socket() { return sockets_.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

  std::unique_ptr<UnixSocketFile> made() {
    ec_ = {};
    return std::make_unique<UnixSocketFile>(new_socket(), path_, ec_);
  }

  mode_t mode() const {
    struct stat file {};
    return ::lstat(path_.c_str(), &file) == 0 ? file.st_mode & 07777 : 0;
  }

  const fs::path folder_ = [] {
    std::string name = fs::temp_directory_path() / "unix_socket_file_test.XXXXXX";
    return fs::path(mkdtemp(name.data()));
  }();
  const std::string path_ = folder_ / "http.sock";
  std::vector<int> sockets_;
  boost::system::error_code ec_;
};

TEST_F(AUnixSocketFile, IsForItsUserAndGroupWhateverTheUmaskAndGoesAtTheEnd) {
  const mode_t before = ::umask(0077);
  auto file = made();
  EXPECT_EQ(::umask(before), 0077U) << "left as it was";
  EXPECT_FALSE(ec_) << ec_.message();
  EXPECT_EQ(mode(), 0660U);
  file.reset();
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(AUnixSocketFile, ReplacesOneThatNobodyListensOn) {
  auto stale = made();
  const auto file = made();  // its socket was never listened on
  EXPECT_FALSE(ec_) << ec_.message();
  stale.reset();
  EXPECT_TRUE(fs::exists(path_)) << "not its own any more";
}

TEST_F(AUnixSocketFile, LeavesOneAloneThatSomebodyListensOn) {
  const auto live = made();
  ASSERT_EQ(::listen(sockets_.back(), 1), 0);
  EXPECT_TRUE(made() != nullptr);
  EXPECT_EQ(ec_, errc::address_in_use);
  EXPECT_TRUE(fs::is_socket(path_));
}

TEST_F(AUnixSocketFile, LeavesAnyOtherFileAlone) {
  const std::string elsewhere = folder_ / "elsewhere";
  std::ofstream(elsewhere) << "text";
  fs::create_symlink(elsewhere, path_);
  made();
  EXPECT_EQ(ec_, errc::file_exists);
  EXPECT_TRUE(fs::is_symlink(path_));
  fs::remove(path_);
  fs::create_directory(path_);
  made();
  EXPECT_EQ(ec_, errc::file_exists);
  EXPECT_TRUE(fs::is_directory(path_));
}

TEST_F(AUnixSocketFile, NeedsADirectory) {
  UnixSocketFile(new_socket(), folder_ / "none" / "http.sock", ec_);
  EXPECT_EQ(ec_, errc::no_such_file_or_directory);
}

}  // namespace
