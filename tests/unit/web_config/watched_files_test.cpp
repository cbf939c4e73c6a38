#include "exporter/web_config/watched_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_folder.hpp"

namespace ganesha::exporter {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class AWatchedFile : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("file", "content");
    folder.age("file");
  }

  std::string error_of(const fs::path& file, std::size_t most = 100) {
    try {
      files.read(file, most);
      return "";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }

  TemporaryFolder folder;
  WatchedFiles files;
};

TEST_F(AWatchedFile, HasNotChangedWhileNobodyWrites) {
  EXPECT_EQ(files.read(folder / "file", 100), "content");
  EXPECT_FALSE(files.changed());
}

TEST_F(AWatchedFile, MayHaveChangedIfItWasWrittenJustBefore) {
  folder.write("file", "content");
  files.read(folder / "file", 100);
  EXPECT_TRUE(files.changed());
}

TEST_F(AWatchedFile, ChangesWithItsContentSizePermissionsAndPlace) {
  const std::vector<std::function<void()>> changes{
      [&] { folder.write("file", "CONTENT"); }, [&] { folder.write("file", "longer content"); },
      [&] { fs::permissions(folder / "file", fs::perms::owner_read); },
      [&] { fs::rename(folder.write("new", "content"), folder / "file"); },
      [&] { fs::remove(folder / "file"); }};
  for (const auto& change : changes) {
    fs::remove(folder / "file");
    SetUp();
    WatchedFiles watched;
    watched.read(folder / "file", 100);
    change();
    EXPECT_TRUE(watched.changed());
  }
}

// As Kubernetes mounts a Secret.
TEST_F(AWatchedFile, ChangesWithTheDirectoryThatASymlinkNames) {
  for (const std::string name : {"one", "two"}) {
    fs::create_directory(folder / name);
    folder.write(name + "/tls.crt", "content");
    folder.age(name + "/tls.crt");
  }
  fs::create_directory_symlink("one", folder / "data");
  fs::create_symlink("data/tls.crt", folder / "tls.crt");
  files.read(folder / "tls.crt", 100);
  EXPECT_FALSE(files.changed());
  fs::create_directory_symlink("two", folder / "data.new");
  fs::rename(folder / "data.new", folder / "data");
  EXPECT_TRUE(files.changed());
}

TEST_F(AWatchedFile, IsWatchedAlsoWhereItIsMissing) {
  EXPECT_THAT(error_of(folder / "none"), HasSubstr("none: cannot be read: No such file"));
  EXPECT_FALSE(files.changed());
  folder.write("none", "now");
  EXPECT_TRUE(files.changed());
}

TEST_F(AWatchedFile, HasABound) {
  EXPECT_THAT(error_of(folder / "file", 6), HasSubstr("file: it must not be larger than 6 bytes"));
  EXPECT_EQ(error_of(folder / "file", 7), "");
}

TEST_F(AWatchedFile, IsNoPipeDeviceOrDirectory) {
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const fs::path& file : {folder / "pipe", fs::path("/dev/zero"), fs::path("/dev/null"), folder / "."})
    EXPECT_THAT(error_of(file), HasSubstr("it must be a regular file")) << file;
}

TEST_F(AWatchedFile, HasContentsThatCompareEqualIfTheyAre) {
  WatchedFiles same, other;
  files.read(folder / "file", 100);
  same.read(folder / "file", 100);
  folder.write("file", "CONTENT");
  other.read(folder / "file", 100);
  EXPECT_EQ(files.contents(), same.contents());
  EXPECT_NE(files.contents(), other.contents());
}

}  // namespace
}  // namespace ganesha::exporter
