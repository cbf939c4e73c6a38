// A folder of configuration files for a test, removed at its end.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "ganesha/config.hpp"

struct ConfigFolder : testing::Test {
  std::filesystem::path folder;

  ConfigFolder() {
    std::string name = std::filesystem::temp_directory_path() / "config_test.XXXXXX";
    folder = mkdtemp(name.data());
  }
  ~ConfigFolder() override { std::filesystem::remove_all(folder); }

  std::filesystem::path write(const std::filesystem::path& name, const std::string& text) const {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
    return folder / name;
  }
  ganesha::Config parse(const std::string& text) const {
    return ganesha::read_config(write("ganesha.conf", text));
  }
  ganesha::Config core(const std::string& text) const { return parse("NFS_CORE_PARAM { " + text + " }"); }
};

// What read_config() throws; empty where it does not.
inline std::string complaint(const std::filesystem::path& file) {
  try {
    ganesha::read_config(file);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}
