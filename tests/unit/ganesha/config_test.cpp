#include "ganesha/config.hpp"

#include <gmock/gmock.h>

#include "config_folder.hpp"

namespace {

using namespace ganesha;
using testing::ElementsAre;
using testing::IsEmpty;

using AConfig = ConfigFolder;

TEST_F(AConfig, HasTheServersDefaults) {
  for (const char* text : {"", "\n \r\n", "# nothing", "NFS_CORE_PARAM { }"}) {
    const auto config = parse(text);
    EXPECT_EQ(config.nfs_port, 2049);
    EXPECT_TRUE(config.nfsv3 && config.nfsv4 && config.nlm && config.rquota);
    EXPECT_EQ(config.dbus_name_prefix, "");
    EXPECT_EQ(config.heartbeat, std::chrono::seconds(1));
    EXPECT_THAT(config.exports, IsEmpty());
    EXPECT_THAT(config.unknown, IsEmpty());
  }
}

TEST_F(AConfig, ReportsWhatIsSet) {
  const auto config = core(
      "NFS_Port = 12049; Protocols = 4; Enable_NLM = false; Enable_RQUOTA = no;"
      "Heartbeat_Freq = 250; Dbus_Name_Prefix = \"site1\";");
  EXPECT_EQ(config.nfs_port, 12049);
  EXPECT_FALSE(config.nfsv3 || config.nlm || config.rquota);
  EXPECT_TRUE(config.nfsv4);
  EXPECT_EQ(config.dbus_name_prefix, "site1");
  EXPECT_EQ(config.heartbeat, std::chrono::milliseconds(250));
}

TEST_F(AConfig, SaysWhereTheServersOwnMetricsAre) {
  EXPECT_EQ(core("").monitoring, (Monitoring{{}, 9587, "0.0.0.0"}));
  EXPECT_EQ(core("Enable_Metrics = true; Monitoring_Port = 0x2329; Monitoring_Addr = 127.0.0.1;").monitoring,
            (Monitoring{true, 9001, "127.0.0.1"}));
  EXPECT_EQ(core("Enable_Metrics = off; Monitoring_Port = many;").monitoring,
            (Monitoring{false, {}, "0.0.0.0"}));
  const auto differs = parse("NFS_CORE_PARAM { } NFS_CORE_PARAM { Monitoring_Port = 9001; }");
  EXPECT_EQ(differs.monitoring.port, std::nullopt);
}

TEST_F(AConfig, TakesNumbersOfThreeBases) {
  EXPECT_EQ(core("NFS_Port = 0x5000;").nfs_port, 20480);
  EXPECT_EQ(core("NFS_Port = 0X50a0;").nfs_port, 20640);
  EXPECT_EQ(core("NFS_Port = 047040;").nfs_port, 20000);
  EXPECT_EQ(core("NFS_Port = 20000;").nfs_port, 20000);
  EXPECT_EQ(core("NFS_Port = 0;").nfs_port, 0) << "any port";
  EXPECT_EQ(core("NFS_Port = ~45535;").nfs_port, 20000);
  EXPECT_EQ(core("NFS_Port = ~ 0xfffe;").nfs_port, 1);
  EXPECT_EQ(core("Heartbeat_Freq = 0x64;").heartbeat.count(), 100);
}

TEST_F(AConfig, KnowsNoPortWhereTheNumberIsOdd) {
  for (const char* odd : {"99999", "-1", "many", "\"20000\"", "'20000'", "1, 2", "- 1", "09", "0x", "0xfffff",
                          "20000k", "1e4", "2.5", "+5"})
    EXPECT_EQ(core(std::string("NFS_Port = ") + odd + ";").nfs_port, std::nullopt) << odd;
}

TEST_F(AConfig, KnowsProtocolsByAllTheirNames) {
  for (const char* names : {"3", "NFS3", "V3", "NFSv3", "\"3\"", "3, 9P"}) {
    EXPECT_TRUE(core(std::string("Protocols = ") + names + ";").nfsv3) << names;
    EXPECT_FALSE(core(std::string("Protocols = ") + names + ";").nfsv4) << names;
  }
  for (const char* names : {"3,4", "3, 4", "nfs4,nfs3", "V4 , V3", "4,\n3"}) {
    EXPECT_TRUE(core(std::string("Protocols = ") + names + ";").nfsv3) << names;
    EXPECT_TRUE(core(std::string("Protocols = ") + names + ";").nfsv4) << names;
  }
  for (const char* names : {"ALL", "4, nfs5", "none", "9P", "rpcrdma, nfsvsock"})
    EXPECT_FALSE(core(std::string("Protocols = ") + names + ";").nfsv4) << names;
}

TEST_F(AConfig, AddsTheProtocolsOfSeveralStatements) {
  EXPECT_TRUE(core("Protocols = 3; Protocols = 4;").nfsv3);
  EXPECT_TRUE(core("Protocols = 3; Protocols = 4;").nfsv4);
  EXPECT_FALSE(core("Protocols = 3, 4; Protocols = 4;").nfsv3) << "3, 4 are the defaults, which are replaced";
  EXPECT_TRUE(core("Protocols = 4; NFS_Protocols = 3, 9P;").nfsv3) << "NFS_Protocols is taken first";
  EXPECT_TRUE(core("Protocols = ;").nfsv3);
}

TEST_F(AConfig, IgnoresAStatementWithASyntaxError) {
  EXPECT_TRUE(core("Protocols = 4 3;").nfsv3) << "a comma is missing";
  EXPECT_EQ(core("NFS_Port = 1, , 2;").nfs_port, 2049);
  EXPECT_EQ(core("NFS_Port = 5 } Heartbeat_Freq = 3; Enable_NLM = no;").nfs_port, 2049);
  EXPECT_FALSE(core("NFS_Port = 5 } Heartbeat_Freq = 3; Enable_NLM = no;").nlm) << "the block goes on";
}

TEST_F(AConfig, TakesTheLastOfOneKey) { EXPECT_EQ(core("NFS_Port = 1; nfs_port = 2;").nfs_port, 2); }

TEST_F(AConfig, TakesTheLastOfSeveralBlocksFromTheDefaults) {
  const auto config = parse(
      "NFS_CORE_PARAM { NFS_Port = 5; Protocols = 4; Enable_RQUOTA = false; Heartbeat_Freq = 10; }\n"
      "nfs_core_param { nfs_port = 5; }");
  EXPECT_EQ(config.nfs_port, 5);
  EXPECT_TRUE(config.nfsv3 && config.rquota);
  EXPECT_EQ(config.heartbeat, std::chrono::seconds(1));
  EXPECT_TRUE(config.several_cores);
  EXPECT_THAT(config.unknown, IsEmpty());
}

TEST_F(AConfig, KnowsNothingThatTwoBlocksDisagreeOn) {
  const std::string v4only = "NFS_CORE_PARAM { Protocols = 4; Enable_RQUOTA = false; Heartbeat_Freq = 0; }";
  const auto other_port = parse("NFS_CORE_PARAM { NFS_Port = 1; } NFS_CORE_PARAM { NFS_Port = 2; }");
  EXPECT_EQ(other_port.nfs_port, std::nullopt);
  EXPECT_TRUE(parse("NFS_CORE_PARAM { }" + v4only).needs_rpcbind()) << "a server from 5.0 on needs it";
  EXPECT_TRUE(parse(v4only + "NFS_CORE_PARAM { }").needs_rpcbind());
  EXPECT_EQ(parse(v4only + "NFS_CORE_PARAM { }").heartbeat.count(), 0) << "none is to be waited for";
  EXPECT_FALSE(parse(v4only + v4only).needs_rpcbind());
}

TEST_F(AConfig, LooksIntoNoOtherBlock) {
  const auto config = parse(
      "EXPORT { Export_Id = 1; Protocols = 4; NFS_Port = 5; FSAL { Name = VFS; } }\n"
      "EXPORT_DEFAULTS { Protocols = 4; Export_Id = 9; }\n"
      "NFS_CORE_PARAM { Inner { NFS_Port = 6; } }\nNFS_Port = 7;");
  EXPECT_EQ(config.nfs_port, 2049);
  EXPECT_TRUE(config.nfsv3) << "an export narrows what it serves, not what is registered";
  EXPECT_EQ(config.exports.size(), 1U);
}

TEST_F(AConfig, GoesOnAfterAnInnerBlock) {
  EXPECT_EQ(core("Inner { Deeper { NFS_Port = 7; } a = b; } NFS_Port = 8;").nfs_port, 8);
}

TEST_F(AConfig, SkipsCommentsAndKeepsStringsWhole) {
  const auto config = parse(
      "# NFS_CORE_PARAM { NFS_Port = 1; }\r\n"
      "EXPORT { Path = \"/odd # { } ; = \\\" path\"; Tag = '} \\n'; Pseudo = \"/a\\\\b\\tc\"; }\r\n"
      "NFS_CORE_PARAM # here\n{ # there\n NFS_Port=9;# everywhere\n # Protocols = 4;\n}\n");
  EXPECT_EQ(config.nfs_port, 9);
  EXPECT_TRUE(config.nfsv3);
  ASSERT_EQ(config.exports.size(), 1U);
  EXPECT_EQ(config.exports[0].path, "/odd # { } ; = \" path");
  EXPECT_EQ(config.exports[0].tag, "} \\n");
  EXPECT_EQ(config.exports[0].pseudo, "/a\\b\tc");
}

TEST_F(AConfig, NeedsRpcbindForNfsv3AndForRquota) {
  EXPECT_TRUE(parse("").needs_rpcbind());
  EXPECT_TRUE(core("Protocols = 4;").needs_rpcbind());
  EXPECT_TRUE(core("Protocols = 3; Enable_RQUOTA = false; Enable_NLM = false;").needs_rpcbind());
  EXPECT_FALSE(core("Protocols = 4; Enable_RQUOTA = false;").needs_rpcbind()) << "NLM is for NFSv3 alone";
  EXPECT_FALSE(core("Protocols = 9P;").needs_rpcbind());
}

TEST_F(AConfig, NeedsStatdForTheLocksOfNfsv3) {
  EXPECT_TRUE(parse("").needs_statd());
  EXPECT_FALSE(core("Protocols = 4;").needs_statd());
  EXPECT_FALSE(core("Enable_NLM = false;").needs_statd());
}

TEST_F(AConfig, IgnoresNonsense) {
  EXPECT_EQ(core("Enable_NLM = perhaps; Heartbeat_Freq = ; = 3; ; NFS_Port = ;").nfs_port, 2049);
  EXPECT_EQ(core("Heartbeat_Freq = 5001;").heartbeat.count(), 1000);
  for (const char* text :
       {"}", "}}} {", "NFS_CORE_PARAM {", "NFS_CORE_PARAM { NFS_Port = 3", "= ; , {", "\"never closed",
        "\"\\", "\"", "%include", "%include ;", "%dir", "%url", "\\", "'"})
    EXPECT_EQ(parse(text).nfs_port, 2049) << text;
}

TEST_F(AConfig, HasTheExports) {
  const auto config = parse(
      "EXPORT { Export_Id = 77; Path = /mem; Pseudo = /mem; Tag = m; CLIENT { Clients = *; Export_Id = 5; } "
      "FSAL { Name = MEM; Path = /other; } }\n"
      "export { EXPORT_ID = 0x4e; path = \"/with blank\"; }\n"
      "EXPORT { Path = /none; } EXPORT { Export_Id = 70000; }");
  const ConfiguredExport mem{77, "/mem", "/mem", "m"};
  const ConfiguredExport blank{78, "/with blank", "", ""};
  const ConfiguredExport none{std::nullopt, "/none", "", ""};
  EXPECT_THAT(config.exports, ElementsAre(mem, blank, none, ConfiguredExport{}));
}

TEST_F(AConfig, KnowsThePseudoRoot) {
  const auto config = parse(
      "EXPORT { Export_Id = 0; } EXPORT { Export_Id = 5; Pseudo = \"/\"; } EXPORT { Export_Id = 6; Path = /; "
      "}");
  EXPECT_TRUE(config.exports[0].is_pseudo_root());
  EXPECT_TRUE(config.exports[1].is_pseudo_root());
  EXPECT_FALSE(config.exports[2].is_pseudo_root());
}

TEST_F(AConfig, NamesExportsThatDbusCannotCarry) {
  const auto config = parse(
      "EXPORT { Export_Id = 1; Path = \"/srv/caf\351\"; Pseudo = /cafe; }\n"
      "EXPORT { Export_Id = 2; Path = \"/srv/caf\303\251\"; Pseudo = \"/\355\240\200\"; Tag = \"\300\200\"; "
      "}\n"
      "EXPORT { Path = \"/cut\342\202\"; }");
  EXPECT_THAT(exports_that_dbus_cannot_carry(config),
              ElementsAre("Path of export 1 (/srv/caf\351) is not UTF-8",
                          "Pseudo of export 2 (/srv/caf\303\251) is not UTF-8",
                          "Tag of export 2 (/srv/caf\303\251) is not UTF-8",
                          "Path of export without a valid Export_Id (/cut\342\202) is not UTF-8"));
}

}  // namespace
