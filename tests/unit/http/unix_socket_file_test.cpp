#include "exporter/http/unix_socket_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

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

  int lock_folder() {
    const int folder = sockets_.emplace_back(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    EXPECT_EQ(::flock(folder, LOCK_EX), 0);
    return folder;
  }

  // Another descriptor of this process is open on the directory.
  bool somebody_waits_for(int lock) const {
    const auto opens_folder = [&](const fs::directory_entry& descriptor) {
      std::error_code ec;
      return fs::read_symlink(descriptor, ec) == folder_ &&
             descriptor.path().filename() != std::to_string(lock);
    };
    return std::ranges::any_of(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator(),
                               opens_folder);
  }

  int bind_to_path(int socket) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
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
  ::shutdown(sockets_.back(), SHUT_RDWR);
  const auto file = made();
  EXPECT_FALSE(ec_) << ec_.message();
  stale.reset();
  EXPECT_TRUE(fs::exists(path_)) << "not its own any more";
}

TEST_F(AUnixSocketFile, LeavesOneAloneThatSomebodyListensOn) {
  const auto live = made();
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

// Where the other one is between bind() and listen(), its socket looks like a stale one.
TEST_F(AUnixSocketFile, IsNotTakenFromAnotherThatStartsAtTheSameTime) {
  const int lock = lock_folder();
  const int other = new_socket();
  ASSERT_EQ(bind_to_path(other), 0);
  std::atomic<bool> done = false;
  std::thread starter([&] {
    made();
    done = true;
  });
  while (!done && !somebody_waits_for(lock)) std::this_thread::yield();
  EXPECT_EQ(::listen(other, 1), 0);
  EXPECT_EQ(::flock(lock, LOCK_UN), 0);
  starter.join();
  EXPECT_EQ(ec_, errc::address_in_use);
}

TEST_F(AUnixSocketFile, IsMadeThoughSomebodyKeepsTheDirectoryLocked) {
  lock_folder();
  made();
  EXPECT_FALSE(ec_) << ec_.message();
}

TEST_F(AUnixSocketFile, NeedsADirectory) {
  UnixSocketFile(new_socket(), folder_ / "none" / "http.sock", ec_);
  EXPECT_EQ(ec_, errc::no_such_file_or_directory);
}

}  // namespace
