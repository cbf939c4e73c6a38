// The files of a configuration: what is included, from where, and what is never read.
#include "ganesha/config_files.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_folder.hpp"

namespace {

using namespace ganesha;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

struct AConfigFile : ConfigFolder {
  fs::path working_folder = fs::current_path();
  ~AConfigFile() override { fs::current_path(working_folder); }
};

std::string core_block(const std::string& text) { return "NFS_CORE_PARAM { " + text + " }\n"; }

TEST_F(AConfigFile, IncludesFromTheMainFilesFolderAtAnyDepth) {
  write("conf.d/core.conf", "%include \"conf.d/ports.conf\"\n");
  write("conf.d/ports.conf", "%include conf.d/deep.conf # here\n");
  write("conf.d/deep.conf", core_block("NFS_Port = 4711;"));
  const auto config = parse("%include \"conf.d/core.conf\"\n");
  EXPECT_EQ(config.nfs_port, 4711);
  EXPECT_THAT(config.unknown, IsEmpty());
}

TEST_F(AConfigFile, IncludesByAbsoluteNames) {
  const auto file = write("elsewhere/absolute.conf", core_block("Enable_NLM = false;"));
  EXPECT_FALSE(parse("%include \"" + file.string() + "\"").nlm);
}

TEST_F(AConfigFile, WithARelativeNameIncludesFromTheWorkingFolder) {
  fs::current_path(folder);
  write("etc/ganesha.conf", "%include parts/core.conf\n");
  write("parts/core.conf", core_block("NFS_Port = 1;"));
  write("etc/parts/core.conf", core_block("NFS_Port = 2;"));
  EXPECT_EQ(read_config("etc/ganesha.conf").nfs_port, 1);
  EXPECT_EQ(read_config(folder / "etc/ganesha.conf").nfs_port, 2);
}

TEST_F(AConfigFile, MayEndWithinABlock) {
  write("head.conf", "NFS_CORE_PARAM {\nNFS_Port = 5;\n");
  EXPECT_EQ(parse("%include head.conf\nProtocols = 4; }").nfs_port, 5);
  EXPECT_FALSE(parse("%include head.conf\nProtocols = 4; }").nfsv3);
}

TEST_F(AConfigFile, IsReadOnceOnly) {
  write("export.conf", "EXPORT { Export_Id = 1; }");
  EXPECT_EQ(parse("%include export.conf\n%include export.conf\n%include ganesha.conf").exports.size(), 1U);
}

TEST_F(AConfigFile, MayIncludeItselfByAnotherName) {
  EXPECT_EQ(parse("EXPORT { Export_Id = 1; }\n%include ./ganesha.conf").exports.size(), 2U);
}

TEST_F(AConfigFile, TakesTheRegularFilesOfAFolder) {
  write("conf.d/10-core.conf", core_block("NFS_Port = 20490;"));
  write("conf.d/.hidden~", "EXPORT { Export_Id = 1; }");
  write("conf.d/deeper/export.conf", "EXPORT { Export_Id = 2; }");
  fs::create_symlink(folder / "conf.d/.hidden~", folder / "conf.d/link.conf");
  for (const std::string dir : {"conf.d", "conf.d/", "\"conf.d\""}) {
    fs::current_path(folder);
    const auto config = parse("%dir " + dir + "\n");
    EXPECT_EQ(config.nfs_port, 20490) << dir;
    EXPECT_EQ(config.exports.size(), 1U) << dir;
    EXPECT_THAT(config.unknown, IsEmpty()) << dir;
  }
}

TEST_F(AConfigFile, TakesTheFilesThatMatchAPattern) {
  write("conf.d/a.conf", "EXPORT { Export_Id = 1; }");
  write("conf.d/b.conf~", "EXPORT { Export_Id = 2; }");
  const auto config = parse("%dir \"" + (folder / "conf.d/*.conf").string() + "\"");
  ASSERT_EQ(config.exports.size(), 1U);
  EXPECT_EQ(config.exports[0].id, 1);
}

TEST_F(AConfigFile, ReportsWhatItCannotRead) {
  write("blocked.conf", "EXPORT { }");
  fs::create_directory(folder / "folder.conf");
  ASSERT_EQ(mkfifo((folder / "fifo.conf").c_str(), 0600), 0);
  fs::resize_file(write("large.conf", ""), largest_config_file + 1);
  const auto config = parse(
      "%include nowhere\n%include fifo.conf\n%include folder.conf\n%include large.conf\n%dir nowhere.d\n"
      "%include /dev/zero\n%url rados://pool/space/object\n%url \"rados://pool/other\"\n" +
      core_block("NFS_Port = 3;"));
  EXPECT_EQ(config.nfs_port, 3);
  const auto at = [this](const char* name) { return "cannot read " + (folder / name).string() + ": "; };
  EXPECT_THAT(config.unknown,
              ElementsAre(at("nowhere") + "No such file or directory", at("fifo.conf") + "not a regular file",
                          at("folder.conf") + "Is a directory", at("large.conf") + "larger than 16 MiB",
                          "cannot read nowhere.d: No such file or directory",
                          "cannot read /dev/zero: not a regular file",
                          "only NFS-Ganesha can read %url rados://pool/space/object",
                          "only NFS-Ganesha can read %url rados://pool/other"));
}

TEST_F(AConfigFile, BoundsAllFilesTogether) {
  std::string text;
  for (int i = 0; i < 4; ++i) {
    const auto name = std::to_string(i) + ".conf";
    fs::resize_file(write(name, "#"), largest_config_file);
    text += "%include " + name + "\n";
  }
  const auto config = parse(text + core_block("NFS_Port = 3;"));
  EXPECT_EQ(config.nfs_port, 3);
  EXPECT_THAT(config.unknown, ElementsAre(HasSubstr("3.conf: all files together are larger than 64 MiB")));
}

TEST_F(AConfigFile, ThatCannotBeReadIsNamed) {
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  fs::resize_file(write("large", ""), largest_config_file + 1);
  EXPECT_EQ(complaint("/no/such.conf"), "cannot read /no/such.conf: No such file or directory");
  EXPECT_EQ(complaint(folder), "cannot read " + folder.string() + ": Is a directory");
  EXPECT_EQ(complaint(folder / "fifo"), "cannot read " + (folder / "fifo").string() + ": not a regular file");
  EXPECT_EQ(complaint("/dev/zero"), "cannot read /dev/zero: not a regular file");
  EXPECT_EQ(complaint(folder / "large"),
            "cannot read " + (folder / "large").string() + ": larger than 16 MiB");
}

TEST_F(AConfigFile, MayBeASymbolicLink) {
  write("real.conf", core_block("NFS_Port = 6;"));
  fs::create_symlink(folder / "real.conf", folder / "link.conf");
  EXPECT_EQ(read_config(folder / "link.conf").nfs_port, 6);
}

}  // namespace
