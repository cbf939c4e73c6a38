#include "ganesha/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <stdexcept>

namespace {

using namespace ganesha;
namespace fs = std::filesystem;

Config parse(const std::string& text) { return parse_config(text, "."); }
Config core(const std::string& text) { return parse("NFS_CORE_PARAM { " + text + " }"); }

TEST(AConfig, HasTheServersDefaults) {
  const auto config = parse("");
  EXPECT_EQ(config.nfs_port, 2049);
  EXPECT_EQ(config.bind_address, "");
  EXPECT_TRUE(config.nfsv3 && config.nfsv4 && config.nlm && config.rquota);
  EXPECT_EQ(config.heartbeat, std::chrono::seconds(1));
}

TEST(AConfig, TellsWhatIsSet) {
  const auto config = core(
      "NFS_Port = 12049; Bind_addr = 192.0.2.7; Protocols = 4; Enable_NLM = false; Enable_RQUOTA = no;"
      "Heartbeat_Freq = 250;");
  EXPECT_EQ(config.nfs_port, 12049);
  EXPECT_EQ(config.bind_address, "192.0.2.7");
  EXPECT_FALSE(config.nfsv3 || config.nlm || config.rquota);
  EXPECT_TRUE(config.nfsv4);
  EXPECT_EQ(config.heartbeat, std::chrono::milliseconds(250));
}

TEST(AConfig, KnowsProtocolsByAllTheirNames) {
  for (const char* names : {"3", "NFS3", "V3", "NFSv3", "\"3\"", "3, 9P"}) {
    EXPECT_TRUE(core(std::string("Protocols = ") + names + ";").nfsv3) << names;
    EXPECT_FALSE(core(std::string("Protocols = ") + names + ";").nfsv4) << names;
  }
  for (const char* names : {"3,4", "3, 4", "nfs4,nfs3", "V4 , V3", "4,\n3", "ALL"}) {
    EXPECT_TRUE(core(std::string("Protocols = ") + names + ";").nfsv3) << names;
    EXPECT_TRUE(core(std::string("Protocols = ") + names + ";").nfsv4) << names;
  }
}

TEST(AConfig, TakesTheLastOfSeveralBlocks) {
  EXPECT_EQ(parse("NFS_CORE_PARAM { NFS_Port = 1; } nfs_core_param { nfs_port = 2; }").nfs_port, 2);
}

TEST(AConfig, LooksIntoNoOtherBlock) {
  const auto config = parse(
      "EXPORT { Export_Id = 1; Protocols = 4; NFS_Port = 5; FSAL { Name = VFS; } }\n"
      "NFS_CORE_PARAM { Inner { NFS_Port = 6; } }\nNFS_Port = 7;");
  EXPECT_EQ(config.nfs_port, 2049);
  EXPECT_TRUE(config.nfsv3) << "an export narrows what it serves, not what is registered";
}

TEST(AConfig, GoesOnAfterAnInnerBlock) { EXPECT_EQ(core("Inner { a = b; } NFS_Port = 8;").nfs_port, 8); }

TEST(AConfig, SkipsCommentsAndKeepsStringsWhole) {
  const auto config = parse(
      "# NFS_CORE_PARAM { NFS_Port = 1; }\n"
      "EXPORT { Path = \"/odd # { } ; = \\\" path\"; Tag = '}'; }\n"
      "NFS_CORE_PARAM # here\n{ # there\n NFS_Port=9;# everywhere\n # Protocols = 4;\n}\n");
  EXPECT_EQ(config.nfs_port, 9);
  EXPECT_TRUE(config.nfsv3);
}

TEST(AConfig, NeedsRpcbindForNfsv3AndForRquota) {
  EXPECT_TRUE(parse("").needs_rpcbind());
  EXPECT_TRUE(core("Protocols = 4;").needs_rpcbind());
  EXPECT_TRUE(core("Protocols = 3; Enable_RQUOTA = false;").needs_rpcbind());
  EXPECT_FALSE(core("Protocols = 4; Enable_RQUOTA = false;").needs_rpcbind());
}

TEST(AConfig, LeavesNonsenseToTheServer) {
  EXPECT_EQ(core("NFS_Port = many; Enable_NLM = perhaps; Heartbeat_Freq = ; = 3;").nfs_port, 2049);
  EXPECT_EQ(core("NFS_Port = 99999;").nfs_port, 2049);
  for (const char* text : {"}", "}}} {", "NFS_CORE_PARAM {", "NFS_CORE_PARAM { NFS_Port = 3", "= ; , {",
                           "\"never closed", "%include", "%include ;", "%url rados://x", "\\", "'"})
    EXPECT_EQ(parse(text).nfs_port, 2049) << text;
}

struct AConfigFile : testing::Test {
  fs::path folder;

  void SetUp() override {
    std::string name = fs::temp_directory_path() / "config_test.XXXXXX";
    folder = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path write(const fs::path& name, const std::string& text) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
    return folder / name;
  }
};

TEST_F(AConfigFile, IsReadWithWhatItIncludes) {
  write("parts/core.conf", "NFS_CORE_PARAM { %include \"inner.conf\" }");
  write("parts/inner.conf", "NFS_Port = 4711;");
  write("absolute.conf", "NFS_CORE_PARAM { Enable_NLM = false; }");
  const auto file = write(
      "ganesha.conf", "%include parts/core.conf\n%INCLUDE \"" + (folder / "absolute.conf").string() + "\"\n");
  const auto config = read_config(file);
  EXPECT_EQ(config.nfs_port, 4711);
  EXPECT_FALSE(config.nlm);
}

TEST_F(AConfigFile, MayIncludeWhatIsNotThere) {
  EXPECT_EQ(read_config(write("c", "%include nowhere\nNFS_CORE_PARAM { NFS_Port = 3; }")).nfs_port, 3);
}

TEST_F(AConfigFile, MayIncludeItself) {
  EXPECT_EQ(read_config(write("c", "NFS_CORE_PARAM { NFS_Port = 3; }\n%include c\n")).nfs_port, 3);
}

TEST_F(AConfigFile, ThatCannotBeReadIsNamed) {
  const auto complaint = [](const fs::path& file) -> std::string {
    try {
      read_config(file);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(complaint("/no/such.conf"), "cannot read /no/such.conf: No such file or directory");
  EXPECT_EQ(complaint(folder), "cannot read " + folder.string() + ": Is a directory");
}

}  // namespace
