// The certificates of make_certificates, made once a test program.
#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ganesha::test {

class Certificates {
 public:
  /// The path of `name`, as ca.pem.
  static std::string file(const std::string& name) {
    static const Certificates certificates;
    return certificates.directory_ / name;
  }

  static std::string text(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(file(name)).rdbuf();
    return text.str();
  }

  /// A file with this content.
  static std::string made(const std::string& name, const std::string& content) {
    std::ofstream(file(name)) << content;
    return file(name);
  }

 private:
  Certificates() {
    std::string name = std::filesystem::temp_directory_path() / "certificates.XXXXXX";
    if (!::mkdtemp(name.data())) throw std::runtime_error("no directory for certificates");
    directory_ = name;
    if (std::system((GANESHA_MAKE_CERTIFICATES " " + name).c_str()) != 0)
      throw std::runtime_error("certificates cannot be made");
  }
  ~Certificates() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::filesystem::path directory_;
};

}  // namespace ganesha::test
