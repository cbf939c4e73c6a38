#include "exporter/supervisor/bus_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "exporter/supervisor/runtime_dir.hpp"

namespace {

using namespace ganesha::exporter;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

struct ABusPath : testing::Test {
  RuntimeDir folder;
  fs::path path = folder.path() / "new" / "bus";
  std::ostringstream text;
  Log log{LogLevel::info, LogFormat::logfmt, text};

  std::string held() { return hold_bus_path(path, folder.path(), log)->address(); }
  std::string address_of(const fs::path& file) { return "unix:path=" + file.string(); }

  void expect_fallback(const std::string& reason) {
    EXPECT_EQ(held(), address_of(folder.path() / "bus"));
    EXPECT_THAT(text.str(), HasSubstr(path.string() + ": " + reason));
    EXPECT_THAT(text.str(), testing::Not(HasSubstr("\nts="))) << "one line";
  }

  int bound_socket() {
    fs::create_directories(path.parent_path());
    const int server = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return server;
  }
};

TEST_F(ABusPath, IsTheWantedOneInADirectoryThatIsCreated) {
  EXPECT_EQ(held(), address_of(path));
  EXPECT_TRUE(fs::is_directory(path.parent_path()));
  EXPECT_THAT(text.str(), IsEmpty());
}

TEST_F(ABusPath, IsHeldByOneAlone) {
  {
    const BusPath first(path);
    expect_fallback("another ganesha_exporter uses it");
  }
  EXPECT_EQ(held(), address_of(path)) << "given up by the first";
}

TEST_F(ABusPath, IsAnotherWhereABusListens) {
  const int server = bound_socket();
  listen(server, 1);
  expect_fallback("another bus listens there");
  close(server);
}

TEST_F(ABusPath, IsTheOneOfADeadBus) {
  close(bound_socket());
  EXPECT_EQ(held(), address_of(path));
}

TEST_F(ABusPath, IsAnotherWhereAFileIsInTheWay) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "important";
  expect_fallback("it is not a socket");
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(ABusPath, IsAnotherWhereNoneCanBeCreated) {
  path = "/proc/no/bus";
  expect_fallback("No such file or directory");
  text.str("");
  path = folder.path() / std::string(120, 'x');
  expect_fallback("the path is too long");
}

}  // namespace
